package io.github.llamacpp4j.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The public behaviour of {@link Template}: errors with position, thread safety, contexts. */
final class TemplateTest {
    private static TemplateException failure(String template, Map<String, ?> context) {
        try {
            String output = Template.parse(template).render(context);
            throw new AssertionError("rendered " + output);
        } catch (TemplateException e) {
            return e;
        }
    }

    @Test
    void aParseErrorTellsLineColumnAndText() {
        TemplateException e = failure("first\n  {% unknown tag %}\n", Map.of());
        assertThat(e.kind()).isEqualTo(TemplateException.Kind.PARSE);
        assertThat(e.line()).isEqualTo(2);
        assertThat(e.column()).isEqualTo(6);
        assertThat(e.snippet()).isEqualTo("unknown tag %}");
        assertThat(e).hasMessageContaining("Encountered unknown tag 'unknown'.").hasMessageContaining("line 2");
    }

    @Test
    void aRenderErrorTellsTheInnermostStatement() {
        TemplateException e =
                failure("{% for x in [1] %}\n{% if true %}\n{{ nope.more }}\n{% endif %}{% endfor %}", Map.of());
        assertThat(e.kind()).isEqualTo(TemplateException.Kind.UNDEFINED);
        assertThat(e.line()).isEqualTo(3);
        assertThat(e.reason()).isEqualTo("'nope' is undefined");
    }

    @Test
    void theTemplatesOwnRefusalCarriesExactlyItsMessage() {
        TemplateException e = failure("{{ raise_exception('no ' ~ x) }}", Map.of("x", "way"));
        assertThat(e.kind()).isEqualTo(TemplateException.Kind.RAISE);
        assertThat(e).hasMessage("no way");
        assertThat(e.reason()).isEqualTo("no way");
    }

    @Test
    void includeImportAndExtendsAreRefusedWhenReached() {
        for (String tag : List.of("include 'a'", "import 'a' as b", "from 'a' import b", "extends 'a'")) {
            TemplateException e = failure("{% " + tag + " %}", Map.of());
            assertThat(e.kind()).isEqualTo(TemplateException.Kind.RUNTIME);
            assertThat(e).hasMessageContaining("no loader");
        }
        assertThat(Template.parse("{% if false %}{% include 'a' %}{% endif %}x").render(Map.of()))
                .isEqualTo("x");
    }

    @Test
    void aContextOfAnotherTypeIsTheCallersMistake() {
        Template template = Template.parse("{{ x }}");
        assertThatThrownBy(() -> template.render(Map.of("x", new Object())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
    }

    @Test
    void globalsAreUnderTheContext() {
        RenderOptions options =
                RenderOptions.builder().globals(Map.of("a", 1, "b", 2)).build();
        assertThat(Template.parse("{{ a }}{{ b }}").render(Map.of("b", 3), options))
                .isEqualTo("13");
    }

    @Test
    void manyThreadsShareOneTemplate() throws Exception {
        Template template = Template.parse(
                "{% macro m(n) %}{% for i in range(n) %}{{ i }}{{ loop.last }}{% endfor %}{% endmacro %}{{ m(n) }}");
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int n = i % 7;
                calls.add(() -> n + ":" + template.render(Map.of("n", n)));
            }
            for (var answer : threads.invokeAll(calls)) {
                String[] parts = answer.get().split(":", 2);
                assertThat(parts[1]).isEqualTo(template.render(Map.of("n", Integer.parseInt(parts[0]))));
            }
        }
    }
}
