package io.github.llamacpp4j.template;

import io.github.llamacpp4j.template.builtin.Globals;
import io.github.llamacpp4j.template.exec.Compiler;
import io.github.llamacpp4j.template.exec.Program;
import io.github.llamacpp4j.template.syntax.Lines;
import io.github.llamacpp4j.template.syntax.Parser;
import io.github.llamacpp4j.template.syntax.SyntaxError;
import io.github.llamacpp4j.template.value.Budget;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.StrBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A Jinja template as chat models carry them, rendered with the semantics of CPython's jinja2 3.1 in the configuration of
 * Hugging Face transformers: immutable sandbox, {@code trim_blocks}, {@code lstrip_blocks}, loop controls, the
 * {@code generation} tag, {@code tojson}, {@code raise_exception} and {@code strftime_now}.
 *
 * <p>A context is a map from variable names to values: {@link Map} (its order counts), {@link List}, {@link String},
 * {@link TrustedText}, numbers, {@link Boolean} and {@code null}. Integers are of any size; {@code Double}, {@code Float}
 * and {@code BigDecimal} are Python's floats.
 *
 * <p>Immutable: any number of threads may render with it at once.
 */
public final class Template {
    private static final int SNIPPET_CHARS = 80;

    private final String source;
    private final Lines lines;
    private final TemplateOptions options;
    private final Program program;

    private Template(String source, Lines lines, TemplateOptions options, Program program) {
        this.source = source;
        this.lines = lines;
        this.options = options;
        this.program = program;
    }

    /**
     * Parses a template within the default limits.
     *
     * @param source the template's text
     * @throws TemplateException of kind {@code PARSE} or {@code LIMIT}
     */
    public static Template parse(String source) {
        return parse(source, TemplateOptions.defaults());
    }

    /**
     * Parses a template.
     *
     * @param source the template's text
     * @param options the limits, of parsing and of all renderings
     * @throws TemplateException of kind {@code PARSE} or {@code LIMIT}
     */
    public static Template parse(String source, TemplateOptions options) {
        Objects.requireNonNull(source, "source");
        if (source.length() > options.maxSourceChars()) {
            throw new TemplateException(
                    TemplateException.Kind.LIMIT,
                    "the template has " + source.length() + " chars; the limit is " + options.maxSourceChars(),
                    0,
                    0,
                    "");
        }
        String normalised = Parser.normalise(source);
        Lines lines = new Lines(normalised);
        try {
            Program program = Compiler.compile(Parser.parse(normalised, options.maxNesting()), lines::line);
            return new Template(source, lines, options, program);
        } catch (SyntaxError e) {
            TemplateException.Kind kind = e.isLimit() ? TemplateException.Kind.LIMIT : TemplateException.Kind.PARSE;
            throw failure(kind, e.message(), lines, e.offset());
        } catch (StackOverflowError e) {
            throw failure(
                    TemplateException.Kind.LIMIT,
                    "the template nests deeper than this thread's stack allows",
                    lines,
                    -1);
        }
    }

    /** The template's text as it was given. */
    public String source() {
        return source;
    }

    /**
     * Renders with the default options.
     *
     * @param context the variables
     * @throws TemplateException of any kind but {@code PARSE}
     * @throws IllegalArgumentException if the context holds an object of a type that templates do not know
     */
    public String render(Map<String, ?> context) {
        return render(context, RenderOptions.defaults());
    }

    /**
     * Renders.
     *
     * @param context the variables
     * @param renderOptions clock, globals and more
     * @throws TemplateException of any kind but {@code PARSE}
     * @throws IllegalArgumentException if the context holds an object of a type that templates do not know
     */
    public String render(Map<String, ?> context, RenderOptions renderOptions) {
        return run(context, renderOptions, false).toString();
    }

    /**
     * Renders, and tells which parts of the text came from the context's values.
     *
     * @param context the variables
     * @param renderOptions clock, globals, trusted variables and more
     * @throws TemplateException of any kind but {@code PARSE}
     * @throws IllegalArgumentException if the context holds an object of a type that templates do not know
     */
    public TrackedText renderTracked(Map<String, ?> context, RenderOptions renderOptions) {
        StrBuilder out = run(context, renderOptions, true);
        int[] ranges = out.valueRanges();
        List<TrackedText.Span> spans = new ArrayList<>(ranges.length / 2);
        for (int i = 0; i < ranges.length; i += 2) {
            spans.add(new TrackedText.Span(ranges[i], ranges[i + 1]));
        }
        return new TrackedText(out.toString(), spans);
    }

    private StrBuilder run(Map<String, ?> context, RenderOptions renderOptions, boolean track) {
        Budget budget = new Budget(
                options.maxSteps(),
                options.maxAllocatedChars(),
                options.maxOutputChars(),
                options.maxIntBits(),
                options.maxCallDepth(),
                options.maxTime().toNanos());
        Env env = new Env(budget, renderOptions.clock(), renderOptions.random());
        StrBuilder out = new StrBuilder(1024);
        try {
            program.run(env, variables(context, renderOptions, track), out);
            return out;
        } catch (PyError e) {
            throw failure(TemplateException.Kind.valueOf(e.kind().name()), e.message(), lines, e.offset());
        } catch (StackOverflowError e) {
            throw failure(TemplateException.Kind.RUNTIME, "maximum recursion depth exceeded", lines, -1);
        }
    }

    /** The variables by name, each converted when first asked for. */
    private static Function<String, Object> variables(
            Map<String, ?> context, RenderOptions renderOptions, boolean track) {
        Map<String, Object> converted = new HashMap<>();
        Map<String, Object> globals = renderOptions.globals();
        return name -> {
            Object known = converted.get(name);
            if (known != null) {
                return known;
            }
            boolean fromValue = track && !renderOptions.trustedVariables().contains(name);
            Object value;
            if (context.containsKey(name)) {
                value = Values.of(context.get(name), fromValue);
            } else if (globals.containsKey(name)) {
                value = Values.of(globals.get(name), fromValue);
            } else {
                value = Globals.all().getOrDefault(name, Missing.MISSING);
            }
            converted.put(name, value);
            return value;
        };
    }

    private static TemplateException failure(TemplateException.Kind kind, String reason, Lines lines, int offset) {
        if (offset < 0) {
            return new TemplateException(kind, reason, 0, 0, "");
        }
        int at = Math.min(offset, lines.length());
        return new TemplateException(kind, reason, lines.line(at), lines.column(at), lines.rest(at, SNIPPET_CHARS));
    }
}
