package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Str;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** {@code strftime} of a local time without zone, in the C locale, with glibc's padding flags. */
final class Strftime {
    private Strftime() {}

    static Str now(Env env, Str format) {
        LocalDateTime now = LocalDateTime.now(env.clock());
        env.budget().string(format.chars() * 32L);
        return env.checked(format.derived(format(now, format.text())));
    }

    private static String format(LocalDateTime t, String format) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c != '%') {
                out.append(c);
                continue;
            }
            int start = at;
            char flag = 0;
            while (at < format.length() && "-_0^#".indexOf(format.charAt(at)) >= 0) {
                flag = format.charAt(at++);
            }
            if (at >= format.length()) {
                out.append('%').append(format, start, at);
                break;
            }
            String field = field(t, format.charAt(at++), flag);
            if (field.isEmpty() && "zZ".indexOf(format.charAt(at - 1)) < 0) {
                out.append('%').append(format, start, at);
            } else {
                out.append(flag == '^' ? field.toUpperCase(Locale.ROOT) : field);
            }
        }
        return out.toString();
    }

    private static String number(long n, int width, char pad, char flag) {
        char fill = flag == '_' ? ' ' : flag == '0' ? '0' : pad;
        String digits = Long.toString(n);
        return flag == '-' || digits.length() >= width
                ? digits
                : String.valueOf(fill).repeat(width - digits.length()) + digits;
    }

    private static String field(LocalDateTime t, char c, char flag) {
        int weekday = t.getDayOfWeek().getValue();
        int hour12 = (t.getHour() + 11) % 12 + 1;
        return switch (c) {
            case 'a' -> t.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> t.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'c' -> format(t, "%a %b %e %H:%M:%S %Y");
            case 'C' -> number(t.getYear() / 100, 2, '0', flag);
            case 'd' -> number(t.getDayOfMonth(), 2, '0', flag);
            case 'D', 'x' -> format(t, "%m/%d/%y");
            case 'e' -> number(t.getDayOfMonth(), 2, ' ', flag);
            case 'f' -> number(t.getNano() / 1000, 6, '0', (char) 0);
            case 'F' -> format(t, "%Y-%m-%d");
            case 'g' -> number(t.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, '0', flag);
            case 'G' -> number(t.get(IsoFields.WEEK_BASED_YEAR), 4, '0', flag);
            case 'H' -> number(t.getHour(), 2, '0', flag);
            case 'I' -> number(hour12, 2, '0', flag);
            case 'j' -> number(t.getDayOfYear(), 3, '0', flag);
            case 'k' -> number(t.getHour(), 2, ' ', flag);
            case 'l' -> number(hour12, 2, ' ', flag);
            case 'm' -> number(t.getMonthValue(), 2, '0', flag);
            case 'M' -> number(t.getMinute(), 2, '0', flag);
            case 'n' -> "\n";
            case 'p' -> flag == '#' ? t.getHour() < 12 ? "am" : "pm" : t.getHour() < 12 ? "AM" : "PM";
            case 'P' -> t.getHour() < 12 ? "am" : "pm";
            case 'r' -> format(t, "%I:%M:%S %p");
            case 'R' -> format(t, "%H:%M");
            case 's' -> Long.toString(t.toEpochSecond(ZoneOffset.UTC));
            case 'S' -> number(t.getSecond(), 2, '0', flag);
            case 't' -> "\t";
            case 'T', 'X' -> format(t, "%H:%M:%S");
            case 'u' -> Integer.toString(weekday);
            case 'U' -> number((t.getDayOfYear() + 6 - weekday % 7) / 7, 2, '0', flag);
            case 'V' -> number(t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0', flag);
            case 'w' -> Integer.toString(weekday % 7);
            case 'W' -> number((t.getDayOfYear() + 6 - (weekday + 6) % 7) / 7, 2, '0', flag);
            case 'y' -> number(Math.floorMod(t.getYear(), 100), 2, '0', flag);
            case 'Y' -> number(t.get(ChronoField.YEAR), 1, '0', flag);
            case '%' -> "%";
            default -> "";
        };
    }
}
