package io.github.llamacpp4j.chat;

import java.util.List;

/** How calls are written between the markers of a block. */
sealed interface ToolSyntax {
    /** So much white space is looked past to tell what follows a bracket. */
    int MAX_SPACE = 256;

    /** Whether the text at the first visible character from {@code from} begins a block in this syntax. */
    Source.Match opens(Source source, int from);

    CallReader reader(Source source, CallSink calls);

    /**
     * A JSON object per call, or an array of them, bare or in a code fence.
     *
     * @param end closes the block; may be empty
     * @param nameIsKey whether a call is {@code {"name": {arguments}}} rather than an object with fields
     * @param strict whether a field that no call has makes it something else
     */
    record Json(String end, boolean nameIsKey, boolean strict) implements ToolSyntax {
        private static final String FENCE = "```";

        @Override
        public Source.Match opens(Source source, int from) {
            int index = source.afterSpace(from);
            if (index == source.length()) {
                return Source.Match.MORE;
            }
            return switch (source.at(index)) {
                case '{' -> Source.Match.YES;
                case '[' -> opensArray(source, index + 1);
                case '`' -> source.literalAt(index, FENCE);
                default -> Source.Match.NO;
            };
        }

        private static Source.Match opensArray(Source source, int from) {
            int index = source.afterSpace(from);
            if (index - from > MAX_SPACE) {
                return Source.Match.NO;
            }
            if (index == source.length()) {
                return Source.Match.MORE;
            }
            char c = source.at(index);
            return c == '{' || c == ']' ? Source.Match.YES : Source.Match.NO;
        }

        @Override
        public CallReader reader(Source source, CallSink calls) {
            return new JsonCallReader(this, source, calls);
        }
    }

    /**
     * The name, then the arguments as one value.
     *
     * @param callOpen precedes every call of a block; empty where a block is one call
     * @param nameEnds what may follow a name; the arguments' opening brace does in any case
     * @param idEnd what ends an id that stands before the name; empty if there is none
     * @param idOpen what precedes an id that stands behind the name; empty if there is none
     * @param fillers what may stand between name and arguments
     * @param callClose closes a call; may be empty
     * @param end closes the block; may be empty
     */
    record Named(
            String callOpen,
            List<String> nameEnds,
            String idEnd,
            String idOpen,
            List<String> fillers,
            ValueScanner.Dialect dialect,
            String callClose,
            String end)
            implements ToolSyntax {
        @Override
        public Source.Match opens(Source source, int from) {
            int index = source.afterSpace(from);
            if (index == source.length()) {
                return Source.Match.MORE;
            }
            if (!callOpen.isEmpty()) {
                return source.literalAt(index, callOpen);
            }
            char c = source.at(index);
            return c == '{' || c == '[' ? Source.Match.NO : Source.Match.YES;
        }

        @Override
        public CallReader reader(Source source, CallSink calls) {
            return new NamedCallReader(this, source, calls, "");
        }
    }

    /**
     * A tag per call and a tag per argument; in some syntaxes a JSON object instead of the argument tags.
     *
     * @param callOpen what precedes the name; empty where the name follows the block's marker
     * @param nameEnd ends the name, and the tag too unless {@code tagEnd} is given
     * @param tagEnd ends a tag that may have attributes after the name; empty if tags have none
     * @param objectOpen what precedes a JSON object; may be empty
     * @param objectClose what follows a JSON object; may be empty
     * @param argumentOpen what precedes an argument's name
     * @param argumentNameEnd ends an argument's name
     * @param valueOpen what precedes the value; may be empty
     * @param valueClose closes the value
     * @param callClose closes the call
     * @param end closes the block; may be empty
     * @param ownLines whether values stand on lines of their own
     * @param characterData whether a value may be an XML CDATA section
     */
    record Tagged(
            String callOpen,
            String nameEnd,
            String tagEnd,
            String objectOpen,
            String objectClose,
            String argumentOpen,
            String argumentNameEnd,
            String valueOpen,
            String valueClose,
            String callClose,
            String end,
            boolean ownLines,
            boolean characterData)
            implements ToolSyntax {
        @Override
        public Source.Match opens(Source source, int from) {
            int index = source.afterSpace(from);
            if (index == source.length()) {
                return Source.Match.MORE;
            }
            if (!callOpen.isEmpty()) {
                return source.literalAt(index, callOpen);
            }
            char c = source.at(index);
            return Character.isLetterOrDigit(c) || c == '_' ? Source.Match.YES : Source.Match.NO;
        }

        @Override
        public CallReader reader(Source source, CallSink calls) {
            return new TaggedCallReader(this, source, calls);
        }

        /** Whether the name ends at white space or at the next tag rather than at a delimiter of its own. */
        boolean nameIsBare() {
            return nameEnd.isEmpty();
        }
    }

    /**
     * An element per call and per argument, each tag behind the same mark; objects and lists are elements within elements.
     *
     * @param mark precedes every tag
     * @param end closes the block
     */
    record Elements(String mark, String end) implements ToolSyntax {
        static final String NAME_END = "\">";

        @Override
        public Source.Match opens(Source source, int from) {
            int index = source.afterSpace(from);
            return index == source.length() ? Source.Match.MORE : source.literalAt(index, callOpen());
        }

        String callOpen() {
            return mark + "<invoke name=\"";
        }

        String callClose() {
            return mark + "</invoke>";
        }

        @Override
        public CallReader reader(Source source, CallSink calls) {
            return new ElementCallReader(this, source, calls);
        }
    }

    /**
     * Python calls with keyword arguments: {@code [f(a=1), g()]}, or {@code f.call(a=1)}.
     *
     * @param end closes the block; may be empty
     * @param rawQuotes whether texts hold quotes that are not escaped
     */
    record Python(String end, boolean rawQuotes) implements ToolSyntax {
        @Override
        public Source.Match opens(Source source, int from) {
            int index = source.afterSpace(from);
            if (index < source.length() && source.at(index) == '[') {
                int inside = index + 1;
                index = source.afterSpace(inside);
                if (index - inside > MAX_SPACE) {
                    return Source.Match.NO;
                }
            }
            if (index == source.length()) {
                return Source.Match.MORE;
            }
            char c = source.at(index);
            return Character.isJavaIdentifierStart(c) || c == ']' ? Source.Match.YES : Source.Match.NO;
        }

        @Override
        public CallReader reader(Source source, CallSink calls) {
            return new PythonCallReader(this, source, calls);
        }
    }
}
