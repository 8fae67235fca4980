package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.grammar.MemberNotation.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes what is written for some calls apart into names, values and the markup around them. */
final class CallFactoring {
    private static final Pattern NUMBER_0 = Pattern.compile("(?<![\\w.])0(?![\\w.])");
    private static final Pattern NUMBER_1 = Pattern.compile("(?<![\\w.])1(?![\\w.])");
    private static final String DATA_OPEN = "<![CDATA[";

    private final Function<List<ToolCall>, Optional<String>> writer;
    private final OutputSyntax syntax;

    /** {@code writer}: what is written for calls, if the parser of {@code syntax} reads them back from it. */
    CallFactoring(Function<List<ToolCall>, Optional<String>> writer, OutputSyntax syntax) {
        this.writer = writer;
        this.syntax = syntax;
    }

    /** Whether the parser finds exactly these calls in an answer. */
    static boolean reads(OutputSyntax syntax, String answer, List<ToolCall> calls) {
        ParsedOutput output = syntax.parse(answer, ProbeCalls.TOOLS, "");
        List<ParsedToolCall> parsed = output.toolCalls();
        boolean same = parsed.size() == calls.size() && output.text().isBlank();
        for (int i = 0; same && i < calls.size(); i++) {
            ParsedToolCall each = parsed.get(i);
            same = each.complete()
                    && each.name().equals(calls.get(i).name())
                    && sorted(each.arguments()).equals(sorted(calls.get(i).arguments()));
        }
        return same;
    }

    private static String sorted(Map<String, @Nullable Object> arguments) {
        return JsonTrees.write(new TreeMap<>(arguments));
    }

    /** The pattern; empty if the calls have no form that is known. */
    Optional<CallPattern> find() {
        String one = write(ProbeCalls.ONE);
        int key = one == null ? -1 : one.indexOf(ProbeCalls.KEY);
        int name = one == null ? -1 : one.lastIndexOf(ProbeCalls.NAME, key);
        if (one == null || key < 0 || name < 0) {
            return Optional.empty();
        }
        String open = one.substring(0, name);
        int from = name + ProbeCalls.NAME.length();
        Json object = json(one, from);
        return object != null ? json(one, open, from, object) : members(one, open, from);
    }

    private @Nullable String write(ToolCall... calls) {
        return writer.apply(List.of(calls))
                .filter(text -> reads(syntax, text, List.of(calls)))
                .orElse(null);
    }

    private Optional<CallPattern> json(String one, String open, int from, Json object) {
        String middle = one.substring(from, object.start());
        String close = one.substring(object.end());
        String joiner = joiner(one, from, object.end());
        return Optional.of(new CallPattern(
                numbered(open, joiner),
                new CallArguments.Json(ways(numbered(middle, joiner))),
                close,
                joiner == null ? null : named(joiner),
                open.endsWith("\"")));
    }

    /** Harmony's models write the header of a call in several ways. */
    private List<String> ways(String middle) {
        String message = ChannelSyntax.MESSAGE;
        ChannelSyntax channels = syntax.rules().channels();
        if (channels == null || !(channels.body() instanceof ToolSyntax.Named) || !middle.endsWith(message)) {
            return List.of(middle);
        }
        String channel = ChannelSyntax.CHANNEL + "commentary";
        return Stream.of(
                        middle,
                        channel + " <|constrain|>json" + message,
                        channel + message,
                        " <|constrain|>json" + message,
                        message)
                .distinct()
                .toList();
    }

    /**
     * What stands between {@code end}, where the arguments of {@code one} end, and the name of a second call, if that goes on like the
     * first behind its name at {@code from}.
     */
    private @Nullable String joiner(String one, int from, int end) {
        String two = write(ProbeCalls.ONE, ProbeCalls.OTHER);
        if (two == null || !two.startsWith(one.substring(0, end))) {
            return null;
        }
        String afterName = one.substring(from);
        int key = two.indexOf(ProbeCalls.KEY, end);
        int other = key < 0 ? -1 : two.lastIndexOf(ProbeCalls.OTHER_NAME, key);
        if (other < end) {
            return null;
        }
        String joiner = two.substring(end, other);
        String rest = two.substring(other + ProbeCalls.OTHER_NAME.length());
        boolean regular = rest.equals(afterName)
                || rest.equals(NUMBER_0.matcher(afterName).replaceFirst("1"));
        return regular ? joiner : null;
    }

    private static String named(String joiner) {
        return NUMBER_1.matcher(joiner).replaceAll(CallPattern.NUMBER).replace(ProbeCalls.OTHER_NAME, CallPattern.NAME);
    }

    /** A 0 that is no part of a word or number counts calls. */
    private static String numbered(String markup, @Nullable String joiner) {
        return joiner == null ? markup : NUMBER_0.matcher(markup).replaceAll(CallPattern.NUMBER);
    }

    private record Json(int start, int end) {}

    /** The arguments' JSON object at or behind {@code from}. */
    private static @Nullable Json json(String text, int from) {
        int key = text.indexOf('"' + ProbeCalls.KEY + '"', from);
        int value = key < 0 ? -1 : text.indexOf('"' + ProbeCalls.VALUE + '"', key);
        int start = value < 0 ? -1 : text.lastIndexOf('{', key);
        int end = value < 0 ? -1 : text.indexOf('}', value);
        boolean plain = start >= from
                && end >= 0
                && text.substring(start + 1, key).isBlank()
                && text.substring(value + ProbeCalls.VALUE.length() + 2, end).isBlank();
        return plain ? new Json(start, end + 1) : null;
    }

    /** The markup around two members. */
    private record Around(String first, String before, String separator, String last) {
        static @Nullable Around of(@Nullable String text, String key, String value, String next, String nextValue) {
            if (text == null) {
                return null;
            }
            int k = text.indexOf(key);
            int name = text.lastIndexOf(ProbeCalls.NAME, k);
            int v = k < 0 ? -1 : text.indexOf(value, k + key.length());
            int n = v < 0 ? -1 : text.indexOf(next, v + value.length());
            int w = n < 0 ? -1 : text.indexOf(nextValue, n + next.length());
            if (name < 0 || w < 0) {
                return null;
            }
            String before = text.substring(k + key.length(), v);
            return before.equals(text.substring(n + next.length(), w))
                    ? new Around(
                            text.substring(name + ProbeCalls.NAME.length(), k),
                            before,
                            text.substring(v + value.length(), n),
                            text.substring(w + nextValue.length()))
                    : null;
        }

        /** What quotes texts, if that is all that sets them apart from {@code numbers}; else null. */
        @Nullable
        String quote(Around numbers) {
            if (before.length() <= numbers.before.length() || !before.startsWith(numbers.before)) {
                return null;
            }
            String quote = before.substring(numbers.before.length());
            return separator.equals(quote + numbers.separator) && last.equals(quote + numbers.last) ? quote : null;
        }
    }

    private Optional<CallPattern> members(String one, String open, int from) {
        Around texts = Around.of(
                write(ProbeCalls.TWO), ProbeCalls.KEY, ProbeCalls.VALUE, ProbeCalls.NEXT, ProbeCalls.NEXT_VALUE);
        Around numbers = Around.of(
                write(ProbeCalls.NUMBERS),
                ProbeCalls.NUMBER_KEY,
                String.valueOf(ProbeCalls.NUMBER),
                ProbeCalls.NUMBER_NEXT,
                String.valueOf(ProbeCalls.NEXT_NUMBER));
        if (texts == null || numbers == null) {
            return Optional.empty();
        }
        String quote = texts.quote(numbers);
        if (quote == null
                && !(texts.separator().equals(numbers.separator())
                        && texts.last().equals(numbers.last()))) {
            return Optional.empty();
        }
        List<String> forbidden = quote == null ? closings(texts.separator()) : List.of();
        if (quote == null && forbidden.isEmpty()) {
            return Optional.empty();
        }
        String last = numbers.last();
        int valueEnd = one.indexOf(ProbeCalls.VALUE) + ProbeCalls.VALUE.length() + (quote == null ? 0 : quote.length());
        String joiner = joiner(one, from, valueEnd);
        String inner = joiner == null ? last : shared(last, joiner);
        String close = last.substring(inner.length());
        CallArguments arguments = new CallArguments.Members(
                texts.first(),
                numbers.separator(),
                inner,
                none(close),
                quote == null ? texts.before() : numbers.before(),
                numbers.before(),
                values(quote),
                quote == null,
                isSorted(),
                forbidden);
        return Optional.of(new CallPattern(
                open.replace(ProbeCalls.NAME, CallPattern.NAME),
                arguments,
                close,
                joiner == null ? null : named(joiner.substring(inner.length())),
                false));
    }

    private static String shared(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return a.substring(0, length);
    }

    /** What stands for no arguments, up to what closes the last call. */
    private @Nullable String none(String close) {
        String text = write(ProbeCalls.NONE);
        if (text == null || !text.endsWith(close)) {
            return null;
        }
        int name = text.lastIndexOf(ProbeCalls.NAME) + ProbeCalls.NAME.length();
        return name <= text.length() - close.length() ? text.substring(name, text.length() - close.length()) : null;
    }

    private Values values(@Nullable String quote) {
        if (CallArguments.Members.DELIMITER.equals(quote)) {
            return Values.DELIMITED;
        }
        String words = write(ProbeCalls.WORDS);
        boolean python = quote != null || (words != null && words.contains("True"));
        return python ? Values.PYTHON : Values.JSON;
    }

    private boolean isSorted() {
        String turned = writer.apply(List.of(ProbeCalls.TURNED)).orElse("");
        return turned.contains(ProbeCalls.NEXT) && turned.indexOf(ProbeCalls.KEY) < turned.indexOf(ProbeCalls.NEXT);
    }

    /** What closes a value in the syntax whose markup this is, and what would be read as something else. */
    private List<String> closings(String separator) {
        for (ToolSyntax each : syntaxes()) {
            if (each instanceof ToolSyntax.Tagged tagged && separator.strip().startsWith(tagged.valueClose())) {
                return tagged.characterData() ? List.of(tagged.valueClose(), DATA_OPEN) : List.of(tagged.valueClose());
            }
        }
        return List.of();
    }

    private List<ToolSyntax> syntaxes() {
        List<ToolSyntax> syntaxes = new ArrayList<>(syntax.rules().tags().bare());
        syntax.rules().tags().blocks().forEach(block -> syntaxes.addAll(block.syntaxes()));
        ChannelSyntax channels = syntax.rules().channels();
        if (channels != null) {
            syntaxes.add(channels.body());
        }
        return syntaxes;
    }
}
