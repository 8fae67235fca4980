package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.SpecialTokens;
import io.github.llamacpp4j.model.TokenAttribute;
import io.github.llamacpp4j.model.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Puts a query and a document together as a model wants to see them, and cuts documents that are too long. Thread-safe.
 *
 * <p>Without a template the layout is llama-server's: {@code [BOS] query [EOS] [SEP] document [EOS]}, of which each special
 * token is there if the vocabulary adds it.
 */
final class PairPlanner {

    static final String QUERY = "{query}";
    static final String DOCUMENT = "{document}";

    private final Tokenizer tokenizer;
    private final int maxTokens;
    private final LongTextPolicy policy;
    private final List<String> template;

    /** @param template empty for the layout without one */
    PairPlanner(Tokenizer tokenizer, int maxTokens, LongTextPolicy policy, String template) {
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.policy = policy;
        this.template = template.isEmpty() ? List.of() : pieces(template);
    }

    /**
     * Cuts a template at its control tokens, so that everything between two of them can be tokenized as one text, as the
     * model has seen it, although a part of it comes from a stranger.
     */
    private List<String> pieces(String text) {
        String markers = markers(text);
        if (markers.isEmpty()) {
            return List.of(text);
        }
        Matcher matcher = Pattern.compile(markers).matcher(text);
        List<String> pieces = new ArrayList<>();
        int end = 0;
        while (matcher.find()) {
            pieces.add(text.substring(end, matcher.start()));
            pieces.add(matcher.group());
            end = matcher.end();
        }
        pieces.add(text.substring(end));
        return pieces;
    }

    /** The control and user-defined tokens that occur in a text, longest first, as a pattern. */
    private String markers(String text) {
        int[] tokens = tokenizer.encode(text, false, true);
        Set<String> found = new TreeSet<>(
                (a, b) -> a.length() == b.length() ? a.compareTo(b) : Integer.compare(b.length(), a.length()));
        for (int token : IntStream.of(tokens).distinct().toArray()) {
            Set<TokenAttribute> attributes = tokenizer.attributes(token);
            if (attributes.contains(TokenAttribute.CONTROL) || attributes.contains(TokenAttribute.USER_DEFINED)) {
                found.add(tokenizer.spelling(token));
            }
        }
        return found.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    }

    /**
     * The tokens of a pair.
     *
     * @throws EmptyTextException if there are none
     * @throws TextTooLongException if there are too many
     */
    Plan plan(String query, String document) {
        int[] whole = tokens(query, document);
        if (whole.length == 0) {
            throw new EmptyTextException();
        }
        if (whole.length <= maxTokens) {
            return new Plan(List.of(whole), false);
        }
        int frame = tokens(query, "").length;
        int room = maxTokens - frame;
        if (policy == LongTextPolicy.ERROR || room < 1) {
            throw new TextTooLongException(whole.length, maxTokens);
        }
        int[] body = tokenizer.encode(document, false, false);
        if (policy == LongTextPolicy.TRUNCATE) {
            return new Plan(List.of(fitted(query, body, 0, room)), true);
        }
        List<int[]> parts = new ArrayList<>();
        int count = (body.length + room - 1) / room;
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) body.length * i / count);
            parts.add(fitted(query, body, from, (int) ((long) body.length * (i + 1) / count)));
        }
        return new Plan(parts, false);
    }

    /** A pair with some tokens of the document; as text again, these may become a few more, of which some are dropped. */
    private int[] fitted(String query, int[] body, int from, int to) {
        int end = Math.min(to, body.length);
        while (true) {
            int[] whole = tokens(query, tokenizer.decode(Arrays.copyOfRange(body, from, end)));
            if (whole.length <= maxTokens) {
                return whole;
            }
            end -= Math.max(1, whole.length - maxTokens);
            if (end <= from) {
                throw new TextTooLongException(whole.length, maxTokens);
            }
        }
    }

    private int[] tokens(String query, String document) {
        return template.isEmpty() ? joined(query, document) : rendered(query, document);
    }

    private int[] rendered(String query, String document) {
        List<int[]> parts = new ArrayList<>();
        for (int i = 0; i < template.size(); i++) {
            boolean marker = i % 2 == 1;
            String piece = template.get(i);
            parts.add(
                    marker
                            ? tokenizer.encode(piece, false, true)
                            : tokenizer.encode(filled(piece, query, document), false, false));
        }
        return concatenated(parts);
    }

    /** Fills both at once, so that a query which contains the word {@code {document}} stays as it is. */
    private static String filled(String piece, String query, String document) {
        return Pattern.compile(Pattern.quote(QUERY) + "|" + Pattern.quote(DOCUMENT))
                .matcher(piece)
                .replaceAll(match -> Matcher.quoteReplacement(match.group().equals(QUERY) ? query : document));
    }

    private int[] joined(String query, String document) {
        SpecialTokens special = tokenizer.specialTokens();
        int[] beginning = tokenizer.addsBeginning() ? one(special.beginning().orElse(-1)) : new int[0];
        int separator = special.separator().orElse(-1);
        int[] end = tokenizer.addsEnd() ? one(special.end().orElse(separator)) : new int[0];
        int[] between = tokenizer.addsSeparator() ? one(separator) : new int[0];
        return concatenated(List.of(
                beginning,
                tokenizer.encode(query, false, false),
                end,
                between,
                tokenizer.encode(document, false, false),
                end));
    }

    private static int[] one(int token) {
        return token < 0 ? new int[0] : new int[] {token};
    }

    private static int[] concatenated(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
