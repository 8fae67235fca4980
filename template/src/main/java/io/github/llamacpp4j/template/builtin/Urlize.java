package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Characters;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Html;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Jinja's {@code urlize}: links for the addresses in a text. One instance treats one text. */
final class Urlize {
    private static final String[] TRAILERS = {"&gt;", ")", ">", ".", ",", "\n"};
    private static final String[][] PAIRS = {{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}};

    private static final Set<String> BASIC = Set.of("com", "net", "int", "edu", "gov", "org", "info", "mil");

    private final String relation;
    private final String target;
    private final int limit;
    private final List<String> schemes;

    private Urlize(String relation, String target, int limit, List<String> schemes) {
        this.relation = relation;
        this.target = target;
        this.limit = limit;
        this.schemes = schemes;
    }

    static Object apply(Env env, Object[] a) {
        TreeSet<String> words = new TreeSet<>();
        if (a[4] instanceof Str rel) {
            Strings.split(env, rel, -1).forEach(word -> words.add(((Str) word).text()));
        }
        if (Operators.truthy(a[2])) {
            words.add("nofollow");
        }
        words.add("noopener");
        List<String> schemes = new ArrayList<>();
        if (Operators.truthy(a[5])) {
            for (Object scheme : Operators.items(env, a[5])) {
                schemes.add(scheme(scheme));
            }
        }
        int limit = Numbers.isInt(a[1]) ? Numbers.index(a[1]) : Integer.MAX_VALUE;
        Str escaped = Html.escape(env, a[0]).asPlain();
        String target =
                Operators.truthy(a[3]) ? " target=\"" + Html.escape(env, a[3]).text() + "\"" : "";
        String relation =
                " rel=\"" + Html.escape(Str.of(String.join(" ", words))).text() + "\"";
        String linked = new Urlize(relation, target, limit, schemes).link(env, escaped.text());
        return env.checked(escaped.derived(linked)).asMarkup(env.autoescape());
    }

    private static String scheme(Object scheme) {
        String text = Params.str(scheme, "urlize").text();
        int colon = text.indexOf(':');
        String slashes = colon < 0 ? "" : text.substring(colon + 1);
        boolean valid = colon >= 2
                && text.substring(0, colon).codePoints().allMatch(cp -> Characters.isWord(cp) || ".+-".indexOf(cp) >= 0)
                && (slashes.isEmpty() || slashes.equals("/") || slashes.equals("//"));
        if (!valid) {
            throw PyError.runtime(Text.quoted(text) + " is not a valid URI scheme prefix.");
        }
        return text;
    }

    private String link(Env env, String text) {
        StringBuilder out = new StringBuilder(text.length() + 64);
        int at = 0;
        while (at < text.length()) {
            int end = at;
            boolean space = Characters.isSpace(text.charAt(at));
            while (end < text.length() && Characters.isSpace(text.charAt(end)) == space) {
                end++;
            }
            env.budget().step();
            if (space) {
                out.append(text, at, end);
            } else {
                word(text.substring(at, end), out);
            }
            at = end;
        }
        return out.toString();
    }

    private void word(String word, StringBuilder out) {
        int head = 0;
        while (word.startsWith("(", head) || word.startsWith("<", head) || word.startsWith("&lt;", head)) {
            head += word.charAt(head) == '&' ? 4 : 1;
        }
        int tail = word.length();
        boolean found = true;
        while (found && tail > head) {
            found = false;
            for (String trailer : TRAILERS) {
                if (tail - trailer.length() >= head && word.startsWith(trailer, tail - trailer.length())) {
                    tail -= trailer.length();
                    found = true;
                    break;
                }
            }
        }
        for (String[] pair : PAIRS) {
            String middle = word.substring(head, tail);
            int opened = count(middle, pair[0]);
            if (opened <= count(middle, pair[1])) {
                continue;
            }
            int moves = Math.min(opened, count(word.substring(tail), pair[1]));
            for (int i = 0; i < moves; i++) {
                tail = word.indexOf(pair[1], tail) + pair[1].length();
            }
        }
        out.append(word, 0, head).append(anchor(word.substring(head, tail))).append(word, tail, word.length());
    }

    private static int count(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    private String anchor(String word) {
        if (isWeb(word)) {
            boolean full = word.startsWith("https://") || word.startsWith("http://");
            return "<a href=\"" + (full ? "" : "https://") + word + "\"" + relation + target + ">" + trimmed(word)
                    + "</a>";
        }
        if (word.startsWith("mailto:") && isMail(word.substring(7))) {
            return "<a href=\"" + word + "\">" + word.substring(7) + "</a>";
        }
        boolean mail = word.indexOf('@') > 0 && !word.startsWith("www.") && word.indexOf(':') < 0 && isMail(word);
        if (mail) {
            return "<a href=\"mailto:" + word + "\">" + word + "</a>";
        }
        String linked = word;
        for (String scheme : schemes) {
            if (!linked.equals(scheme) && linked.startsWith(scheme)) {
                linked = "<a href=\"" + linked + "\"" + relation + target + ">" + linked + "</a>";
            }
        }
        return linked;
    }

    private String trimmed(String url) {
        return url.length() > limit ? url.substring(0, Math.max(limit, 0)) + "..." : url;
    }

    private static boolean isMail(String word) {
        int at = word.lastIndexOf('@');
        int dot = word.lastIndexOf('.');
        return at > 0
                && dot > at + 1
                && dot < word.length() - 1
                && Characters.isWord(word.charAt(at + 1))
                && word.substring(at + 1, dot)
                        .codePoints()
                        .allMatch(cp -> Characters.isWord(cp) || cp == '.' || cp == '-')
                && word.substring(dot + 1).codePoints().allMatch(Characters::isWord);
    }

    private static boolean isWeb(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        boolean scheme = lower.startsWith("https://") || lower.startsWith("http://");
        int start = scheme ? lower.indexOf("//") + 2 : 0;
        int end = start;
        while (end < lower.length() && "/?#".indexOf(lower.charAt(end)) < 0) {
            end++;
        }
        String host = lower.substring(start, end);
        int colon = host.startsWith("[") ? host.indexOf(':', Math.max(host.indexOf(']'), 0)) : host.indexOf(':');
        if (colon >= 0) {
            String port = host.substring(colon + 1);
            if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(Character::isDigit)) {
                return false;
            }
            host = host.substring(0, colon);
        }
        if (scheme && (isIpv4(host) || isIpv6(host))) {
            return true;
        }
        if (scheme || host.startsWith("www.")) {
            String[] labels = host.substring(scheme ? 0 : 4).split("[.]", -1);
            return areLabels(labels, 1) && isTopLevel(labels[labels.length - 1]);
        }
        String[] labels = host.split("[.]", -1);
        return labels.length > 1 && areLabels(labels, 2) && BASIC.contains(labels[labels.length - 1]);
    }

    private static boolean areLabels(String[] labels, int shortest) {
        for (int i = 0; i < labels.length - 1; i++) {
            String label = labels[i];
            boolean valid = label.length() >= shortest
                    && label.codePoints().allMatch(cp -> Characters.isWord(cp) || cp == '%' || cp == '-');
            if (!valid) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTopLevel(String label) {
        boolean basic =
                label.length() >= 2 && label.length() <= 63 && label.chars().allMatch(c -> c >= 'a' && c <= 'z');
        return basic
                || (label.startsWith("xn--")
                        && label.length() >= 6
                        && label.substring(4).codePoints().allMatch(cp -> Characters.isWord(cp) || cp == '%'));
    }

    private static boolean isIpv4(String host) {
        String[] parts = host.split("[.]", -1);
        boolean valid = parts.length == 4;
        for (String part : parts) {
            valid &= !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(Character::isDigit);
        }
        return valid;
    }

    private static boolean isIpv6(String host) {
        return host.startsWith("[")
                && host.endsWith("]")
                && count(host, ":") >= 2
                && host.substring(1, host.length() - 1).chars().allMatch(c -> c == ':' || Character.digit(c, 16) >= 0);
    }
}
