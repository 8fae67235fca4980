package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** MarkupSafe's {@code striptags}: tags and comments out, white space single, the common entities decoded. */
final class Tags {
    private static final int LONGEST_ENTITY = 10;

    /** The characters from U+00A0 on, in order; they and {@link #BASIC} also stand without a semicolon. */
    private static final String LATIN1 =
            "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 "
                    + "sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc "
                    + "Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve "
                    + "Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc "
                    + "atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve "
                    + "oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

    /** What the references 128 to 159 mean: the characters of Windows. */
    private static final String WINDOWS = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

    private static final Map<String, String> BASIC =
            Map.of("amp", "&", "AMP", "&", "lt", "<", "LT", "<", "gt", ">", "GT", ">", "quot", "\"", "QUOT", "\"");
    private static final Set<String> LEGACY = legacy();
    private static final Map<String, String> ENTITIES = entities();

    private Tags() {}

    static Str strip(Env env, Str s) {
        String text = s.text();
        StrBuilder kept = new StrBuilder(text.length());
        int at = 0;
        int open = text.indexOf('<');
        while (open >= 0) {
            boolean comment = text.startsWith("<!--", open);
            int close = comment ? text.indexOf("-->", open + 4) : text.indexOf('>', open);
            if (close < 0) {
                break;
            }
            kept.append(s, at, open);
            at = close + (comment ? 3 : 1);
            open = text.indexOf('<', at);
        }
        kept.append(s, at, text.length());
        List<Object> words = Strings.split(env, kept.toStr(), -1);
        return env.checked(unescape(Strings.join(env, Str.of(" "), words.toArray())));
    }

    static Str unescape(Str s) {
        String text = s.text();
        int amp = text.indexOf('&');
        if (amp < 0) {
            return s;
        }
        StrBuilder out = new StrBuilder(text.length());
        int at = 0;
        while (amp >= 0) {
            int end = nameEnd(text, amp + 1);
            String name = text.substring(amp + 1, end);
            boolean closed = end < text.length() && text.charAt(end) == ';';
            String decoded = closed || name.startsWith("#") ? decode(name) : "";
            int after = closed ? end + 1 : end;
            for (int length = name.length(); decoded.isEmpty() && length > 1; length--) {
                decoded = LEGACY.contains(name.substring(0, length)) ? decode(name.substring(0, length)) : "";
                after = amp + 1 + length;
            }
            if (!decoded.isEmpty()) {
                out.append(s, at, amp).append(decoded, s.isValueAt(amp));
                at = after;
            }
            amp = text.indexOf('&', amp + 1);
        }
        return out.append(s, at, text.length()).toStr();
    }

    private static int nameEnd(String text, int from) {
        int i = from;
        while (i < text.length() && i - from < LONGEST_ENTITY && isNamePart(text.charAt(i), i == from)) {
            i++;
        }
        return i;
    }

    private static boolean isNamePart(char c, boolean first) {
        return (c < 0x80 && Character.isLetterOrDigit(c)) || (first && c == '#');
    }

    private static String decode(String entity) {
        if (!entity.startsWith("#")) {
            return ENTITIES.getOrDefault(entity, "");
        }
        boolean hex = entity.startsWith("#x") || entity.startsWith("#X");
        String digits = entity.substring(hex ? 2 : 1);
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c < 0x80 && Character.digit(c, hex ? 16 : 10) >= 0)) {
            return "";
        }
        long cp = Long.parseLong(digits, hex ? 16 : 10);
        if (cp == 0 || cp > Character.MAX_CODE_POINT || (cp >= 0xd800 && cp <= 0xdfff)) {
            return "\ufffd";
        }
        return cp >= 0x80 && cp < 0xa0
                ? WINDOWS.substring((int) cp - 0x80, (int) cp - 0x7f)
                : Character.toString((int) cp);
    }

    private static Set<String> legacy() {
        Set<String> names = new HashSet<>(BASIC.keySet());
        names.addAll(List.of(LATIN1.split(" ", -1)));
        return Set.copyOf(names);
    }

    private static Map<String, String> entities() {
        Map<String, String> map = new HashMap<>();
        int cp = 0xa0;
        for (String name : LATIN1.split(" ", -1)) {
            map.put(name, Character.toString(cp++));
        }
        map.putAll(BASIC);
        map.putAll(Map.of("apos", "'", "hellip", "…", "mdash", "—"));
        map.putAll(Map.of("ndash", "–", "lsquo", "‘", "rsquo", "’", "ldquo", "“", "rdquo", "”", "bull", "•"));
        map.putAll(Map.of("euro", "€", "trade", "™", "larr", "←", "uarr", "↑", "rarr", "→", "darr", "↓", "minus", "−"));
        map.putAll(Map.of("le", "≤", "ge", "≥", "ne", "≠", "infin", "∞", "sbquo", "‚", "bdquo", "„", "permil", "‰"));
        map.putAll(Map.of("ensp", "\u2002", "emsp", "\u2003", "thinsp", "\u2009", "zwnj", "\u200c", "zwj", "\u200d"));
        return Map.copyOf(map);
    }
}
