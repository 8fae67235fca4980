package io.github.llamacpp4j.template.value;

/** MarkupSafe's escaping. */
public final class Html {
    private Html() {}

    /** A string made HTML-safe; what is safe already stays as it is. */
    public static Str escape(Str s) {
        return s.isMarkup() ? s : force(s);
    }

    /** Any value as HTML-safe text. */
    public static Str escape(Env env, Object o) {
        Str s = Text.soft(env, o);
        Str safe = escape(s);
        if (safe.chars() != s.chars()) {
            env.budget().string(safe.chars());
        }
        return safe;
    }

    private static Str force(Str s) {
        String text = s.text();
        StrBuilder out = null;
        int done = 0;
        for (int i = 0; i < text.length(); i++) {
            String entity = entity(text.charAt(i));
            if (!entity.isEmpty()) {
                if (out == null) {
                    out = new StrBuilder(text.length() + 16);
                }
                out.append(s, done, i).append(entity, s.isValueAt(i));
                done = i + 1;
            }
        }
        return out == null
                ? s.asMarkup()
                : out.append(s, done, text.length()).toStr().asMarkup();
    }

    private static String entity(char c) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\'' -> "&#39;";
            case '"' -> "&#34;";
            default -> "";
        };
    }
}
