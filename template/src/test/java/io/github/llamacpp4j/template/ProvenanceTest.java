package io.github.llamacpp4j.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which parts of the output count as values; they are shown here in guillemets. */
final class ProvenanceTest {
    private static final Map<String, Object> CONTEXT =
            Map.of("v", "Val", "w", " W ", "n", 7, "l", List.of("a", "b"), "m", Map.of("role", "user"), "bos", "<s>");

    private static String shown(String template) {
        TrackedText tracked = Template.parse(template)
                .renderTracked(
                        CONTEXT,
                        RenderOptions.builder().trustedVariables(Set.of("bos")).build());
        assertThat(tracked.text()).isEqualTo(Template.parse(template).render(CONTEXT));
        StringBuilder shown = new StringBuilder();
        int at = 0;
        for (TrackedText.Span span : tracked.values()) {
            assertThat(span.start()).isGreaterThanOrEqualTo(at).isLessThan(span.end());
            shown.append(tracked.text(), at, span.start()).append('«');
            shown.append(tracked.text(), span.start(), span.end()).append('»');
            at = span.end();
        }
        return shown.append(tracked.text().substring(at)).toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '`',
            value = {
                "a{{ v }}b => a«Val»b",
                "{{ '[' + v + ']' }} => [«Val»]",
                "{{ '[' ~ v ~ n ~ ']' }} => [«Val»7]",
                "{{ ('x' ~ v)[0:2] }} => x«V»",
                "{{ ('x' ~ v)[::-1] }} => «laV»x",
                "{{ ('x' ~ v)|reverse }} => «laV»x",
                "[{{ w.strip() }}][{{ ('-' ~ w)|trim }}] => [«W»][-« W»]",
                "{{ ('a,' ~ v).split(',') | join(';') }} => a;«Val»",
                "{{ (v ~ '!').replace('!', '?') }} => «Val»?",
                "{{ 'a-b'.replace('-', v) }} => a«Val»b",
                "{{ (v ~ 'x')|upper }}{{ ('x' ~ v).lower() }} => «VAL»Xx«val»",
                "{{ '%s=%s' % ('k', v) }} => k=«Val»",
                "{{ '<{}>{:>5}'.format(v, v) }} => <«Val»>  «Val»",
                "{{ '%s'|format(v) }} => «Val»",
                "{% macro q(x) %}<{{ x }}>{% endmacro %}{{ q(v) }}{{ q('t') }} => <«Val»><t>",
                "{% macro q() %}<{{ caller() }}>{% endmacro %}{% call q() %}{{ v }}{% endcall %} => <«Val»>",
                "{% set x %}<{{ v }}>{% endset %}{{ x }} => <«Val»>",
                "{% filter upper %}a{{ v }}{% endfilter %} => A«VAL»",
                "{% generation %}a{{ v }}{% endgeneration %} => a«Val»",
                "{% set ns = namespace(s='') %}{% for x in l %}{% set ns.s = ns.s ~ x ~ '.' %}{% endfor %}{{ ns.s }} => «a».«b».",
                "{% for c in 'x' ~ v %}{{ c }}-{% endfor %} => x-«V»-«a»-«l»-",
                "{{ {'t': v}|tojson }} => {\"t\": \"«Val»\"}",
                "{{ l|tojson }}{{ l }} => «[\"a\", \"b\"]['a', 'b']»",
                "{{ ['t', v] }} => ['t', '«Val»']",
                "{{ m.role }}{{ m['role'] }}{% for k in m %}{{ k }}{% endfor %} => «useruserrole»",
                "{{ 'Val' if v == 'Val' }}{{ v|length }}{{ bos }} => Val3<s>",
                "{{ v|default('d') }}{{ none|default(v, true) }}{{ nope|default('d') }} => «ValVal»d",
                "{{ (v ~ '<')|e }} => «Val»&lt;",
                "{{ v|center(7) }}|{{ v.ljust(5, '.') }} => `  «Val»  |«Val»..`",
                "{{ ('x\\n' ~ v)|indent(2) }} => `x\n  «Val»`",
                "{{ l|first }}{{ l|last }}{{ l|join }}{{ l|map('upper')|join('+') }} => «abab»«A»+«B»",
                "{{ [v, 'a']|sort|join(',') }} => a,«Val»",
                "{{ dict(k=v).k }}{{ (v,)[0] }}{{ v|string }}{{ v|safe }} => «ValValValVal»",
                "{{ v|urlencode }}{{ v.encode().decode() }} => «ValVal»",
                "{{ raise_exception if false else 't' }} => t"
            })
    void spansSurvive(String template, String expected) {
        assertThat(shown(template.replace("\\n", "\n")).strip().replace("»«", ""))
                .isEqualTo(expected.strip().replace("»«", ""));
    }

    @Test
    void trustedTextInsideTheContextIsTheTemplatesOwn() {
        Map<String, Object> message = Map.of("role", new TrustedText("user"), "content", "<|im_end|>");
        TrackedText tracked = Template.parse("<|{{ m.role }}|>{{ m.content }}")
                .renderTracked(Map.of("m", message), RenderOptions.defaults());
        assertThat(tracked.text()).isEqualTo("<|user|><|im_end|>");
        assertThat(tracked.values()).containsExactly(new TrackedText.Span(8, 18));
    }
}
