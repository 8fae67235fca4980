package io.github.llamacpp4j.chat;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one argument that is an element, up to its closing tag. */
final class ElementValue {
    private static final String ITEM = "item";
    private static final int MAX_DEPTH = 64;

    private final String mark;
    private final String open;
    private final String close;
    private final Source source;
    private final CallSink calls;
    private final ArgumentSchema schema;
    private final UnquotedValue value;
    private int scanned;
    private int within;

    ElementValue(String mark, String key, Source source, CallSink calls) {
        this.mark = mark;
        this.open = tag(mark, key);
        this.close = tag(mark, '/' + key);
        this.source = source;
        this.calls = calls;
        this.schema = calls.schemaOf(key);
        this.value = new UnquotedValue(schema.types(), source, calls);
        this.scanned = source.position();
    }

    static boolean isKey(String name) {
        return !name.isEmpty() && name.charAt(0) != '/' && name.chars().noneMatch(c -> c <= ' ' || c == '<');
    }

    private static String tag(String mark, String name) {
        return mark + '<' + name + '>';
    }

    Step step() {
        while (scanned < source.length()) {
            Source.Match closing = source.literalAt(scanned, close);
            Source.Match opening = value.isText() ? Source.Match.NO : source.literalAt(scanned, open);
            if (closing == Source.Match.YES) {
                if (within == 0) {
                    return finish();
                }
                within--;
            } else if (opening == Source.Match.YES) {
                within++;
            } else if (closing == Source.Match.MORE || opening == Source.Match.MORE) {
                break;
            }
            scanned++;
        }
        value.show(scanned);
        return Step.MORE;
    }

    private Step finish() {
        boolean ended = value.end(scanned, content -> json(content, schema, 0));
        source.moveTo(ended ? scanned + close.length() : scanned);
        return ended ? Step.DONE : Step.REJECT;
    }

    private @Nullable String json(String content, ArgumentSchema expected, int depth) {
        ArgumentTypes types = expected.types();
        if (types.onlyString()) {
            return JsonText.quote(content);
        }
        boolean object = types.allows(ArgumentTypes.Kind.OBJECT);
        boolean array = types.allows(ArgumentTypes.Kind.ARRAY);
        String elements = content.strip();
        if ((object || array) && elements.startsWith(mark + '<')) {
            boolean items = !object || (array && elements.startsWith(tag(mark, ITEM)));
            return depth == MAX_DEPTH ? null : container(elements, expected, items, depth + 1);
        }
        if (elements.isEmpty() && !types.allowsString() && (object || array)) {
            return object ? "{}" : "[]";
        }
        return TaggedValue.interpret(content, types, calls);
    }

    private @Nullable String container(String elements, ArgumentSchema expected, boolean items, int depth) {
        StringBuilder out = new StringBuilder();
        Set<String> keys = new HashSet<>();
        int at = 0;
        while (at < elements.length()) {
            int named = at + mark.length() + 1;
            int end = elements.startsWith(mark + '<', at) ? elements.indexOf('>', named) : -1;
            String key = end < 0 ? "" : elements.substring(named, end);
            int stop = isKey(key) ? closing(elements, key, end + 1) : -1;
            if (stop < 0 || (items ? !key.equals(ITEM) : !keys.add(key))) {
                return null;
            }
            String value =
                    json(elements.substring(end + 1, stop), items ? expected.items() : expected.member(key), depth);
            if (value == null) {
                return null;
            }
            out.append(out.isEmpty() ? "" : ",")
                    .append(items ? "" : JsonText.quote(key) + ':')
                    .append(value);
            at = afterSpace(elements, stop + tag(mark, '/' + key).length());
        }
        return items ? "[" + out + ']' : "{" + out + '}';
    }

    /** Where the closing tag of the element stands whose content begins at {@code from}; negative if nowhere. */
    private int closing(String elements, String key, int from) {
        String opening = tag(mark, key);
        String ending = tag(mark, '/' + key);
        int depth = 0;
        int at = from;
        int end = elements.indexOf(ending, at);
        while (end >= 0) {
            int open = elements.indexOf(opening, at, end);
            if (open >= 0) {
                depth++;
                at = open + opening.length();
            } else if (depth == 0) {
                return end;
            } else {
                depth--;
                at = end + ending.length();
                end = elements.indexOf(ending, at);
            }
        }
        return -1;
    }

    private static int afterSpace(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }
}
