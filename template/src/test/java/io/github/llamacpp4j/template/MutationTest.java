package io.github.llamacpp4j.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand damaged templates: each renders or is refused with a typed error, and none hangs. */
final class MutationTest {
    private static final int MUTANTS = 10_000;

    private static final List<String> OWN = List.of(
            "{%- for m in messages %}{{ '<|' ~ m.role ~ '|>' }}{% if m.content is string %}{{ m.content|trim }}"
                    + "{% elif loop.first %}{{ m.content[0]['text'] }}{% else %}{{ m | tojson(indent=2) }}{% endif %}{% endfor %}",
            "{% macro f(a, b=2, c='x') -%}{{ a }}{{ b ** 2 }}{{ c * 3 }}{%- endmacro %}{{ f(1) }}{{ f(*[1, 2], **{'c': 'q'}) }}",
            "{% set ns = namespace(x=0, s='') %}{% for i in range(5) if i is odd recursive %}{% set ns.x = ns.x + i %}{{ loop.index }}{% endfor %}{{ ns.x }}",
            "{{ '%5.2f|%-8s|%x' % (1.5, 'ab', 255) }}{{ '{:>8,}'.format(12345) }}{{ 'a-b'.split('-')[::-1]|join(' ') }}",
            "{% filter upper %}{% raw %}{{ x }}{% endraw %}{# c #}{% endfilter %}{% call(x) m() %}{{ x }}{% endcall %}{{ messages|map(attribute='role')|list }}");

    private static final String PIECES =
            "{{ |}} |{% |%} |-%}|{%-|{#|#}|(|)|[|]|{|}|'|\"|,|:|~|**|//|%|==|<|not |in |is |if |else |endif|endfor|"
                    + "for |loop.|.x|[0]|[::-1]|9999999999|1e308|\\|tojson|\\|list|\\|map('x')|range(9)|raise_exception|__class__|none|\u00e9|\ud83d\ude00|\n| |\u0000|";

    private static final Map<String, Object> CONTEXT = Map.of(
            "messages",
            List.of(Map.of("role", "user", "content", "hi"), Map.of("role", "assistant", "content", List.of())),
            "add_generation_prompt",
            true,
            "bos_token",
            "<s>");

    private static final TemplateOptions LIMITS = TemplateOptions.builder()
            .maxSteps(200_000)
            .maxAllocatedChars(1 << 22)
            .maxTime(Duration.ofSeconds(2))
            .build();

    private static String mutate(String source, SplittableRandom random, String[] pieces) {
        StringBuilder text = new StringBuilder(source);
        int edits = 1 + random.nextInt(4);
        for (int i = 0; i < edits && !text.isEmpty(); i++) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, pieces[random.nextInt(pieces.length)]);
                case 2 -> text.insert(at, text.substring(at, end));
                default -> {
                    int from = random.nextInt(text.length());
                    text.insert(at, text.substring(from, Math.min(text.length(), from + 30)));
                }
            }
        }
        return text.toString();
    }

    @Test
    @Timeout(300)
    void aDamagedTemplateEitherRendersOrIsRefusedWithATypedError() {
        List<String> sources = new ArrayList<>(OWN);
        Corpus.find().ifPresent(corpus -> sources.addAll(corpus.templates().values()));
        String[] pieces = PIECES.split("(?<!\\\\)[|]");
        SplittableRandom random = new SplittableRandom(20260115);
        Map<TemplateException.Kind, Integer> refusals = new EnumMap<>(TemplateException.Kind.class);
        int rendered = 0;
        for (int i = 0; i < MUTANTS; i++) {
            String mutant = mutate(sources.get(i % sources.size()), random, pieces);
            try {
                Template.parse(mutant, LIMITS).render(CONTEXT);
                rendered++;
            } catch (TemplateException e) {
                refusals.merge(e.kind(), 1, Integer::sum);
            }
        }
        System.out.println("mutants: rendered " + rendered + ", refused " + refusals);
        assertThat(rendered + refusals.values().stream().mapToInt(n -> n).sum()).isEqualTo(MUTANTS);
        assertThat(rendered).isPositive();
    }
}
