package io.github.llamacpp4j.cli;

/** Text from a model made harmless for a screen: what would move the cursor, change colours or ring is replaced. */
final class ScreenText {

    private static final char REPLACEMENT = '\ufffd';

    private ScreenText() {}

    static String of(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            safe.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? REPLACEMENT : c);
        }
        return safe.toString();
    }
}
