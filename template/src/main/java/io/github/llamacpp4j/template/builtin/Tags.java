package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** MarkupSafe's {@code striptags}: tags and comments out, white space single, the common entities decoded. */
final class Tags {
    private static final int LONGEST_ENTITY = 10;
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

    private static Str unescape(Str s) {
        String text = s.text();
        int amp = text.indexOf('&');
        if (amp < 0) {
            return s;
        }
        StrBuilder out = new StrBuilder(text.length());
        int at = 0;
        while (amp >= 0) {
            int end = text.indexOf(';', amp);
            String decoded = end > amp && end - amp <= LONGEST_ENTITY ? decode(text.substring(amp + 1, end)) : "";
            if (!decoded.isEmpty()) {
                out.append(s, at, amp).append(decoded, s.isValueAt(amp));
                at = end + 1;
            }
            amp = text.indexOf('&', amp + 1);
        }
        return out.append(s, at, text.length()).toStr();
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
        boolean valid = cp > 0 && cp <= Character.MAX_CODE_POINT && !(cp >= 0xd800 && cp <= 0xdfff);
        return valid ? Character.toString((int) cp) : "\ufffd";
    }

    private static Map<String, String> entities() {
        Map<String, String> map = new HashMap<>();
        String latin1 =
                "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 "
                        + "sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc "
                        + "Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve "
                        + "Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc "
                        + "atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve "
                        + "oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
        int cp = 0xa0;
        for (String name : latin1.split(" ", -1)) {
            map.put(name, Character.toString(cp++));
        }
        map.putAll(Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "hellip", "…", "mdash", "—"));
        map.putAll(Map.of("ndash", "–", "lsquo", "‘", "rsquo", "’", "ldquo", "“", "rdquo", "”", "bull", "•"));
        map.putAll(Map.of("euro", "€", "trade", "™", "larr", "←", "uarr", "↑", "rarr", "→", "darr", "↓", "minus", "−"));
        map.putAll(Map.of("le", "≤", "ge", "≥", "ne", "≠", "infin", "∞", "sbquo", "‚", "bdquo", "„", "permil", "‰"));
        map.putAll(Map.of("ensp", "\u2002", "emsp", "\u2003", "thinsp", "\u2009", "zwnj", "\u200c", "zwj", "\u200d"));
        return Map.copyOf(map);
    }
}
