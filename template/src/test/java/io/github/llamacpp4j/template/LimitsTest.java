package io.github.llamacpp4j.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.template.TemplateException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that try to take everything: each ends soon, in an error of the right kind, on a small stack. */
@Timeout(60)
final class LimitsTest {
    private static final TemplateOptions TIGHT = TemplateOptions.builder()
            .maxSteps(200_000)
            .maxOutputChars(1 << 20)
            .maxAllocatedChars(1 << 22)
            .build();

    private static Kind refusal(String template, Map<String, ?> context, TemplateOptions options) {
        try {
            Template.parse(template, options).render(context);
        } catch (TemplateException e) {
            return e.kind();
        }
        throw new AssertionError("was rendered");
    }

    private static Kind refusal(String template) {
        return refusal(template, Map.of(), TIGHT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
                "{{ 'x' * 10**9 }}",
                "{{ [0] * 10**9 }}",
                "{% set ns = namespace(s='xxxxxxxxxx') %}{% for i in range(99999) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99999) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{{ 9**9**9**9**9**9**9 }}",
                "{{ 2 ** (10**12) }}",
                "{% set ns = namespace(n=3) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
                "{{ '%1000000000d' | format(1) }}",
                "{{ '%.1000000000f' % 1.0 }}",
                "{{ '%*d' % (10**9, 1) }}",
                "{{ '{:1000000000}'.format(1) }}",
                "{{ '{:.1000000000f}'.format(1.0) }}",
                "{{ 'x'.center(10**9) }}",
                "{{ 'x' | center(10**9) }}",
                "{{ 'x'.ljust(10**9) }}",
                "{{ 'x'.zfill(10**9) }}",
                "{{ '\t'.expandtabs(10**9) }}",
                "{{ 'a\nb' | indent(10**9) }}",
                "{{ [1] | tojson(indent=10**9) }}",
                "{{ [1] | batch(10**9, 0) | list }}",
                "{{ [1] | slice(10**9) | list }}",
                "{{ range(99999) | map('center', 9999) | list | length }}",
                "{{ ('a' * 99999).replace('', 'b' * 99999) }}",
                "{% set ns = namespace(t=(1,)) %}{% for i in range(40) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ {ns.t: 1} }}",
                "{{ ('a' * 1000000) | wordwrap(5) }}",
                "{{ ('a' * 99999).replace('a', 'b' * 99999) }}",
                "{{ ('a' * 9999).join(['b'] * 9999) }}",
                "{{ range(99999) | map('string') | join('x' * 9999) }}",
                "{% macro m() %}{{ 'x' * 99999 }}{% endmacro %}{% for i in range(9999) %}{{ m() }}{% endfor %}",
                "{% set x %}{% for i in range(99999) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}{% endset %}",
                "{% filter upper %}{% for i in range(99999) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}{% endfilter %}"
            })
    void whatOnlyOurBudgetsRefuseIsALimit(String template) {
        assertThat(refusal(template)).isEqualTo(Kind.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for i in range(10**9) %}{% endfor %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{% if true %}{{ a() }}{% endif %}{% endmacro %}{{ a() }}",
                "{% macro m(n) %}{% call m(n) %}{{ caller() }}{% endcall %}{% endmacro %}{{ m(1) }}",
                "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% block b %}{{ self.b() }}{% endblock %}",
                "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|tojson }}",
                "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l == [ns.l] }}",
                "{% set ns = namespace(n=3) %}{% for i in range(14) %}{% set ns.n = ns.n * ns.n %}{% endfor %}{{ ns.n }}"
            })
    void whatPythonRefusesTooKeepsItsKind(String template) {
        assertThat(refusal(template)).isEqualTo(Kind.RUNTIME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.__class__.__mro__ }}",
                "{{ [].__class__.__base__.__subclasses__() }}",
                "{{ x.append(1) }}",
                "{{ x.__init__.__globals__ }}",
                "{{ cycler.__init__.__globals__.os }}",
                "{{ (x|attr('__class__')).a }}"
            })
    void probesForInternalsAreASecurityRefusal(String template) {
        assertThat(refusal(template, Map.of("x", List.of()), TIGHT)).isEqualTo(Kind.SECURITY);
    }

    @Test
    void sourcesThatNestTooDeepAreALimitAndNeverOverflowTheStack() {
        int n = 100_000;
        List<String> sources = List.of(
                "{{ " + "(".repeat(n) + "1" + ")".repeat(n) + " }}",
                "{{ " + "[".repeat(n) + "]".repeat(n) + " }}",
                "{{ " + "{1:".repeat(n) + "1" + "}".repeat(n) + " }}",
                "{{ " + "-".repeat(n) + "1 }}",
                "{{ " + "not ".repeat(n) + "1 }}",
                "{{ 1" + "+1".repeat(n) + " }}",
                "{{ 1" + "**1".repeat(n) + " }}",
                "{{ 1" + " or 1".repeat(n) + " }}",
                "{{ a" + ".a".repeat(n) + " }}",
                "{{ a" + "()".repeat(n) + " }}",
                "{{ a" + "|e".repeat(n) + " }}",
                "{{ a" + " if a else a".repeat(n) + " }}",
                "{{ a" + "[a".repeat(n) + "]".repeat(n) + " }}",
                "{% if a %}".repeat(n),
                "{% for a in b %}".repeat(n),
                "{% macro a() %}".repeat(n),
                "{% set a %}".repeat(n),
                "{% filter e %}".repeat(n));
        for (String source : sources) {
            assertThat(refusal(source)).as(source.substring(0, 20)).isEqualTo(Kind.LIMIT);
        }
    }

    @Test
    void theDeepestAllowedSourceRunsOnASmallStack() throws InterruptedException {
        String nested = "{{ " + "(".repeat(190) + "1" + ")".repeat(190) + " }}";
        String chain = "{{ 1" + "+1".repeat(700) + " }}";
        String blocks = "{% if true %}".repeat(190) + "x" + "{% endif %}".repeat(190);
        String recursion = "{% macro m(n) %}" + "{% if true %}".repeat(20) + "{{ m(n + 1) }}" + "{% endif %}".repeat(20)
                + "{% endmacro %}{{ m(0) }}";
        List<String> answers = new ArrayList<>();
        List<Throwable> faults = new ArrayList<>();
        Thread thread = new Thread(
                null,
                () -> {
                    answers.add(Template.parse(nested).render(Map.of()));
                    answers.add(Template.parse(chain).render(Map.of()));
                    answers.add(Template.parse(blocks).render(Map.of()));
                    answers.add(refusal(recursion).name());
                },
                "small stack",
                512 << 10);
        thread.setUncaughtExceptionHandler((t, fault) -> faults.add(fault));
        thread.start();
        thread.join();
        assertThat(faults).isEmpty();
        assertThat(answers).containsExactly("1", "701", "x", "RUNTIME");
    }

    @Test
    void timeIsALimit() {
        TemplateOptions hasty =
                TemplateOptions.builder().maxTime(Duration.ofMillis(20)).build();
        String loop = "{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}{% endfor %}";
        assertThat(refusal(loop, Map.of(), hasty)).isEqualTo(Kind.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ('x' * 800000).count('x' * 400000 ~ 'y') }}",
                "{{ ('x' * 800000).split('x' * 400000 ~ 'y') | length }}",
                "{{ ('x' * 800000).find('x' * 400000 ~ 'y') }}",
                "{{ ('x' * 800000).rfind('y' ~ 'x' * 400000) }}",
                "{{ ('x' * 800000).rsplit('y' ~ 'x' * 400000) | length }}",
                "{{ ('x' * 800000).replace('x' * 400000 ~ 'y', '') | length }}",
                "{{ ('x' * 800000).partition('x' * 400000 ~ 'y') | length }}",
                "{{ ('x' * 400000 ~ 'y') in ('x' * 800000) }}",
                "{{ ('http://a.com/' ~ '(' * 400000 ~ ')' * 400000) | urlize | length }}",
                "{% for part in (range(60000) | join('')).split('1') %}{% endfor %}"
            })
    void searchingALongTextTakesNoLongerThanReadingIt(String template) {
        long before = System.nanoTime();
        Template.parse(template).render(Map.of());
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void longPartsAreFoundWhereShortOnesAre() {
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            String text = noise(random, 2000);
            int from = random.nextInt(1800);
            String part = text.substring(from, from + 64 + random.nextInt(100)) + (i % 3 == 0 ? "c" : "");
            Map<String, String> given = Map.of("s", text + text, "p", part);
            assertThat(Template.parse("{{ s.find(p) }} {{ s.find(p, 7) }} {{ s.rfind(p) }} {{ s.rfind(p, 0, 3000) }}"
                                    + " {{ s.count(p) }} {{ p in s }}")
                            .render(given))
                    .isEqualTo((text + text).indexOf(part) + " " + (text + text).indexOf(part, 7) + " "
                            + (text + text).lastIndexOf(part) + " "
                            + (text + text).lastIndexOf(part, 3000 - part.length()) + " "
                            + ((text + text).split(Pattern.quote(part), -1).length - 1)
                            + ((text + text).contains(part) ? " True" : " False"));
        }
    }

    private static String noise(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(2)));
        }
        return text.toString();
    }

    @Test
    void aTupleInATupleIsTheSameKeyEachTime() {
        assertThat(Template.parse(
                                "{% set t = (1, (2.0, 'a')) %}{% set d = {t: 'x'} %}{{ d[t] }}{{ d[(True, (2, 'a'))] }}"
                                        + "{{ d[(1, (2, 'b'))] is defined }}{{ d.keys() | list }}")
                        .render(Map.of()))
                .isEqualTo("xxFalse[(1, (2.0, 'a'))]");
    }

    @Test
    void sourceSizeIsALimit() {
        TemplateOptions small = TemplateOptions.builder().maxSourceChars(10).build();
        assertThat(refusal("12345678901", Map.of(), small)).isEqualTo(Kind.LIMIT);
        assertThat(Template.parse("1234567890", small).render(Map.of())).isEqualTo("1234567890");
    }

    @Test
    void aContextThatNestsTooDeepIsALimit() {
        Object deep = List.of();
        for (int i = 0; i < 100_000; i++) {
            deep = List.of(deep);
        }
        assertThat(refusal("{{ x }}", Map.of("x", deep), TIGHT)).isEqualTo(Kind.LIMIT);
    }

    @Test
    void everyLimitCanBeRaised() {
        TemplateOptions generous = TemplateOptions.builder()
                .maxNesting(400)
                .maxOutputChars(1 << 25)
                .maxIntBits(1 << 20)
                .build();
        assertThat(onStackOf(
                        16 << 20, () -> Template.parse(nested(300), generous).render(Map.of())))
                .isEqualTo("1");
        assertThat(Template.parse("{{ ('x' * 20000000)|length }}", generous).render(Map.of()))
                .isEqualTo("20000000");
        assertThat(Template.parse("{{ (2 ** 500000).bit_length() }}", generous).render(Map.of()))
                .isEqualTo("500001");
    }

    @Test
    void nestingBeyondTheStackIsALimitToo() {
        TemplateOptions boundless =
                TemplateOptions.builder().maxNesting(1_000_000).build();
        assertThat(onStackOf(1 << 18, () -> refusal(nested(100_000), Map.of(), boundless)))
                .isEqualTo(Kind.LIMIT);
    }

    private static String nested(int depth) {
        return "{{ " + "(".repeat(depth) + "1" + ")".repeat(depth) + " }}";
    }

    private static <R> R onStackOf(long bytes, Callable<R> work) {
        FutureTask<R> task = new FutureTask<>(work);
        new Thread(null, task, "stack", bytes).start();
        try {
            return task.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
