package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Writes calls in the plain form of a syntax, for templates that do not write earlier calls. */
record PlainCalls(String marker, ToolSyntax syntax) {
    private static final String KIMI = "<|tool_call_begin|>";

    /** The forms of a template's syntaxes, the most particular first. */
    static List<PlainCalls> of(TagSyntax tags) {
        List<PlainCalls> forms = new ArrayList<>();
        for (ToolBlock block : tags.blocks()) {
            List<ToolSyntax> syntaxes = new ArrayList<>(block.syntaxes());
            Collections.reverse(syntaxes);
            String marker = block.marker().substring(0, block.consumed());
            syntaxes.forEach(each -> forms.add(new PlainCalls(marker, each)));
        }
        tags.bare().forEach(each -> forms.add(new PlainCalls("", each)));
        return forms;
    }

    Optional<String> write(List<ToolCall> calls) {
        List<String> written = new ArrayList<>();
        for (ToolCall call : calls) {
            written.add(
                    switch (syntax) {
                        case ToolSyntax.Json json ->
                            json.nameIsKey()
                                    ? '{' + JsonTrees.write(call.name()) + ": " + JsonTrees.write(call.arguments())
                                            + '}'
                                    : "{\"name\": " + JsonTrees.write(call.name()) + ", \"arguments\": "
                                            + JsonTrees.write(call.arguments()) + '}';
                        case ToolSyntax.Named named -> named(named, call, written.size());
                        case ToolSyntax.Python python -> python(call);
                        case ToolSyntax.Tagged tagged -> tagged(tagged, call);
                        case ToolSyntax.Elements elements -> elements(elements, call);
                    });
        }
        return Optional.of(
                switch (syntax) {
                    case ToolSyntax.Json json ->
                        json.strict() && calls.size() == 1
                                ? written.getFirst()
                                : marker + '[' + String.join(", ", written) + ']' + json.end();
                    case ToolSyntax.Named named -> marker + String.join("", written) + named.end();
                    case ToolSyntax.Python python -> marker + '[' + String.join(", ", written) + ']' + python.end();
                    case ToolSyntax.Tagged tagged -> marker + String.join("", written) + tagged.end();
                    case ToolSyntax.Elements elements -> marker + String.join("", written) + elements.end();
                });
    }

    private static String named(ToolSyntax.Named named, ToolCall call, int index) {
        String name = named.callOpen().equals(KIMI) ? "functions." + call.name() + ':' + index : call.name();
        String end = named.nameEnds().isEmpty() ? "" : named.nameEnds().getFirst();
        return named.callOpen() + name + end + JsonTrees.write(call.arguments()) + named.callClose();
    }

    private static String python(ToolCall call) {
        List<String> arguments = new ArrayList<>();
        call.arguments().forEach((name, value) -> arguments.add(name + '=' + JsonTrees.write(value)));
        return call.name() + '(' + String.join(", ", arguments) + ')';
    }

    private static String elements(ToolSyntax.Elements elements, ToolCall call) {
        StringBuilder text =
                new StringBuilder(elements.callOpen()).append(call.name()).append(ToolSyntax.Elements.NAME_END);
        call.arguments()
                .forEach((name, value) -> text.append(elements.mark())
                        .append('<')
                        .append(name)
                        .append('>')
                        .append(value instanceof String string ? string : JsonTrees.write(value))
                        .append(elements.mark())
                        .append("</")
                        .append(name)
                        .append('>'));
        return text.append(elements.callClose()).toString();
    }

    private static String tagged(ToolSyntax.Tagged tagged, ToolCall call) {
        StringBuilder text = new StringBuilder(tagged.callOpen())
                .append(call.name())
                .append(tagged.nameEnd())
                .append(tagged.tagEnd());
        call.arguments()
                .forEach((name, value) -> text.append(tagged.argumentOpen())
                        .append(name)
                        .append(tagged.argumentNameEnd())
                        .append(tagged.tagEnd())
                        .append(tagged.valueOpen())
                        .append(value instanceof String string ? string : JsonTrees.write(value))
                        .append(tagged.valueClose()));
        return text.append(tagged.callClose()).toString();
    }
}
