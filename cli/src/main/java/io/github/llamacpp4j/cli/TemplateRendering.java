package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.template.RenderOptions;
import io.github.llamacpp4j.template.TemplateCache;
import io.github.llamacpp4j.template.TemplateException;
import io.github.llamacpp4j.template.TemplateOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Renders templates, one per line: {@code {"template":…|"template_file":…,"context":{…}}} gives {@code "output"}. A line
 * that names no template uses the one of the command, if any.
 */
final class TemplateRendering implements JsonLines.Handler {
    private static final int MAX_TEMPLATES = 128;

    private final TemplateCache templates = new TemplateCache(MAX_TEMPLATES, TemplateOptions.defaults());
    private final @Nullable String otherwise;
    private final RenderOptions options;

    TemplateRendering(@Nullable String otherwise, RenderOptions options) {
        this.otherwise = otherwise;
        this.options = options;
    }

    @Override
    public void answer(ObjectNode request, ObjectNode answer) {
        JsonNode context = request.get("context");
        if (context != null && !(context instanceof ObjectNode)) {
            throw new CommandFailure("request", "expected an object \"context\", found " + context.getNodeType());
        }
        answer.put("output", render(request, context instanceof ObjectNode object ? object : Json.object()));
    }

    /** Renders the template that a request names with a context. */
    String render(ObjectNode request, ObjectNode context) {
        String source = source(request);
        Map<String, Object> variables = new LinkedHashMap<>();
        context.forEachEntry((name, value) -> variables.put(name, Json.MAPPER.treeToValue(value, Object.class)));
        try {
            return templates.get(source).render(variables, options);
        } catch (TemplateException e) {
            Map<String, Object> position = e.line() > 0 ? Map.of("line", e.line(), "column", e.column()) : Map.of();
            throw new CommandFailure(e.kind().name().toLowerCase(Locale.ROOT), e.reason(), position);
        }
    }

    private String source(ObjectNode request) {
        JsonNode text = request.get("template");
        if (text != null && text.isString()) {
            return text.asString();
        }
        JsonNode file = request.get("template_file");
        if (file != null && file.isString()) {
            return read(file.asString());
        }
        if (otherwise != null && text == null && file == null) {
            return otherwise;
        }
        throw new CommandFailure("request", "expected a string \"template\" or \"template_file\"");
    }

    /** The text of the file that a request names. */
    static String read(String file) {
        try {
            return read(Path.of(file));
        } catch (InvalidPathException e) {
            throw new CommandFailure("request", "no file can have this name: " + e.getMessage());
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandFailure("request", "cannot read " + file + " as UTF-8 text: " + e.getMessage());
        }
    }
}
