package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tokenizes rendered prompts so that nothing a message says becomes markup. Control tokens come only from literals that
 * the template wrote; the text between them is tokenized in one piece without parsing special tokens, so that merges and
 * spaces are those of the plain tokenization. Where a value holds the literal of a markup token that llama.cpp would match
 * even so, the text is cut inside the literal. The result equals the plain tokenization whenever no value holds such a
 * literal.
 *
 * <p>Immutable; safe for use by several threads if the tokenize function is.
 */
public final class PromptTokenizer {
    /** Tokenizes plain text; no BOS or EOS is added. */
    @FunctionalInterface
    public interface TextTokenizer {
        /**
         * The ids of {@code text}.
         *
         * @param text what to tokenize
         * @param parseSpecial whether literals of control tokens become those tokens
         */
        int[] tokenize(String text, boolean parseSpecial);
    }

    private static final Pattern MARKUP = Pattern.compile(
            "[<\\[{].*[|_:｜▁].*[>\\]}]|</?(?:think|thinking|thought|response|tools?|function|invoke|parameter|param)>"
                    + "|\\[/?[A-Z]{3,}\\]");
    private static final String LINE = "\n";

    private final Node tokens = new Node();
    private final TextTokenizer tokenizer;
    private final String template;
    private final OptionalInt beginning;

    /**
     * Makes a tokenizer for one vocabulary and one template.
     *
     * @param tokens the vocabulary's control and user-defined tokens
     * @param tokenizer tokenizes what is between them
     * @param templateText the chat template's text: user-defined tokens that occur in it are markup
     * @param beginning the id to put in front of every prompt that does not begin with it already; empty if the
     *     vocabulary adds none
     */
    public PromptTokenizer(
            List<VocabularyToken> tokens, TextTokenizer tokenizer, String templateText, OptionalInt beginning) {
        this.tokenizer = tokenizer;
        this.template = templateText;
        this.beginning = beginning;
        for (VocabularyToken token : tokens) {
            boolean blank = token.text().isBlank();
            if (!token.text().isEmpty() && (!blank || token.kind() == VocabularyToken.Kind.CONTROL)) {
                this.tokens.add(token);
            }
        }
    }

    /** The ids of a prompt. */
    public int[] tokenize(RenderedPrompt prompt) {
        IntStream.Builder ids = IntStream.builder();
        for (PromptSegment segment : segments(prompt)) {
            switch (segment) {
                case PromptSegment.Token token -> ids.add(token.id());
                case PromptSegment.Text text -> Arrays.stream(ids(text)).forEach(ids::add);
            }
        }
        int[] all = ids.build().toArray();
        if (beginning.isPresent() && (all.length == 0 || all[0] != beginning.getAsInt())) {
            return IntStream.concat(IntStream.of(beginning.getAsInt()), Arrays.stream(all))
                    .toArray();
        }
        return all;
    }

    /** A tokenizer may put a space in front of a text; behind a line feed it does not. */
    private int[] ids(PromptSegment.Text text) {
        if (text.continuation()) {
            int[] line = tokenizer.tokenize(LINE, false);
            int[] both = tokenizer.tokenize(LINE + text.text(), false);
            if (both.length > line.length && Arrays.equals(line, Arrays.copyOf(both, line.length))) {
                return Arrays.copyOfRange(both, line.length, both.length);
            }
        }
        return tokenizer.tokenize(text.text(), false);
    }

    /** The segments of a prompt, without the id that is put in front of every prompt. */
    public List<PromptSegment> segments(RenderedPrompt prompt) {
        String text = prompt.text();
        BitSet fromValues = new BitSet(text.length());
        prompt.values().forEach(span -> fromValues.set(span.start(), span.end()));
        List<Occurrence> controls = new ArrayList<>();
        BitSet cuts = new BitSet(text.length());
        BitSet claimed = new BitSet(text.length());
        for (Occurrence found : occurrences(text)) {
            boolean value = holds(fromValues, found);
            if (value) {
                if (found.token().kind() == VocabularyToken.Kind.USER_DEFINED && isMarkup(found.token())) {
                    cuts.set(text.offsetByCodePoints(found.start(), 1));
                }
            } else if (!holds(claimed, found)) {
                claimed.set(found.start(), found.end());
                if (found.token().kind() == VocabularyToken.Kind.CONTROL) {
                    controls.add(found);
                }
            }
        }
        controls.sort(Comparator.comparingInt(Occurrence::start));
        return split(text, controls, cuts);
    }

    /** The tokens that begin alike. */
    private static final class Node {
        private final Map<Character, Node> longer = new HashMap<>();
        private final List<VocabularyToken> ended = new ArrayList<>();

        void add(VocabularyToken token) {
            Node node = this;
            for (int i = 0; i < token.text().length(); i++) {
                node = node.longer.computeIfAbsent(token.text().charAt(i), next -> new Node());
            }
            node.ended.add(token);
        }
    }

    private record Occurrence(VocabularyToken token, int start) {
        int end() {
            return start + token.text().length();
        }
    }

    private static boolean holds(BitSet set, Occurrence found) {
        int first = set.nextSetBit(found.start());
        return first >= 0 && first < found.end();
    }

    /** All places of all tokens, the longest first, as llama.cpp looks for them. */
    private List<Occurrence> occurrences(String text) {
        List<Occurrence> found = new ArrayList<>();
        for (int start = 0; start < text.length(); start++) {
            @Nullable Node node = tokens;
            for (int at = start; node != null; at++) {
                for (VocabularyToken token : node.ended) {
                    found.add(new Occurrence(token, start));
                }
                node = at < text.length() ? node.longer.get(text.charAt(at)) : null;
            }
        }
        found.sort(
                Comparator.comparingInt((Occurrence each) -> each.token().text().length())
                        .reversed());
        return found;
    }

    private boolean isMarkup(VocabularyToken token) {
        String literal = token.text();
        return literal.length() > 1
                && (MARKUP.matcher(literal).matches() || (literal.length() > 2 && template.contains(literal)));
    }

    private static List<PromptSegment> split(String text, List<Occurrence> controls, BitSet cuts) {
        List<PromptSegment> segments = new ArrayList<>();
        int from = 0;
        for (Occurrence control : controls) {
            int to = control.start();
            while (control.token().stripsLeft() && to > from && Character.isWhitespace(text.charAt(to - 1))) {
                to--;
            }
            addText(segments, text, from, to, cuts);
            segments.add(new PromptSegment.Token(
                    control.token().id(), control.token().text()));
            from = control.end();
            while (control.token().stripsRight() && from < text.length() && Character.isWhitespace(text.charAt(from))) {
                from++;
            }
        }
        addText(segments, text, from, text.length(), cuts);
        return segments;
    }

    private static void addText(List<PromptSegment> segments, String text, int from, int to, BitSet cuts) {
        int start = from;
        for (int cut = cuts.nextSetBit(from + 1); cut >= 0 && cut < to; cut = cuts.nextSetBit(cut + 1)) {
            segments.add(new PromptSegment.Text(text.substring(start, cut), start > from));
            start = cut;
        }
        if (start < to) {
            segments.add(new PromptSegment.Text(text.substring(start, to), start > from));
        }
    }
}
