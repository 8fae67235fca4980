package io.github.llamacpp4j.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** Laws that hold for all values. */
final class TemplatePropertyTest {
    private static final Template SLICE = Template.parse("{{ l[a:b:c] }}");
    private static final Template ARITHMETIC = Template.parse("{{ a + b }} {{ a - b }} {{ a * b }}");
    private static final Template DIVISION = Template.parse("{{ a // b * b + a % b == a }}{{ (a % b) * b >= 0 }}");
    private static final Template JSON = Template.parse("{{ v|tojson }}");
    private static final Template PRINT = Template.parse("{{ v }}");
    private static final Template CUT = Template.parse("{{ v.split(s)|join(s) }}");
    private static final Template CODE_POINTS = Template.parse(
            "{{ v|length }} {% for c in v %}{{ c }}{% endfor %} {{ v[::-1][::-1] }} {{ v|reverse|reverse }}");
    private static final Template MIXED = Template.parse(
            "{% for c in v %}{{ '<' ~ c ~ '>' }}{% endfor %}{{ v|upper }}{{ ('t' ~ v)[1:4] }}{{ v.replace('a', 'tt') }}"
                    + "{{ [v, 't']|tojson }}{{ v|trim }}{{ '%s.' % v }}{{ v|indent }}{{ v.split() }}{{ v|e }}");

    @Provide
    Arbitrary<BigInteger> integers() {
        return Arbitraries.bigIntegers().between(BigInteger.TWO.pow(80).negate(), BigInteger.TWO.pow(80));
    }

    @Property
    void slicesTakeWhatPythonTakes(
            @ForAll @Size(max = 8) List<@IntRange(max = 9) Integer> list,
            @ForAll @IntRange(min = -10, max = 10) int start,
            @ForAll @IntRange(min = -10, max = 10) int stop,
            @ForAll @IntRange(min = -3, max = 3) int step) {
        int by = step == 0 ? 1 : step;
        int size = list.size();
        int from = Math.clamp(start < 0 ? start + size : start, by < 0 ? -1 : 0, by < 0 ? size - 1 : size);
        int to = Math.clamp(stop < 0 ? stop + size : stop, by < 0 ? -1 : 0, by < 0 ? size - 1 : size);
        List<Integer> expected = new ArrayList<>();
        for (int i = from; by > 0 ? i < to : i > to; i += by) {
            expected.add(list.get(i));
        }
        assertThat(SLICE.render(Map.of("l", list, "a", start, "b", stop, "c", by)))
                .isEqualTo(expected.toString());
    }

    @Property
    void integersAreExactAtAnySize(@ForAll("integers") BigInteger a, @ForAll("integers") BigInteger b) {
        assertThat(ARITHMETIC.render(Map.of("a", a, "b", b)))
                .isEqualTo(a.add(b) + " " + a.subtract(b) + " " + a.multiply(b));
        if (b.signum() != 0) {
            assertThat(DIVISION.render(Map.of("a", a, "b", b))).isEqualTo("TrueTrue");
        }
    }

    @Property
    void aFloatPrintsTheShortestTextThatReadsBackEqual(@ForAll double d) {
        String text = PRINT.render(Map.of("v", d));
        assertThat(Double.parseDouble(text)).isEqualTo(d);
        String digits = text.replaceAll("e.*|[-.]", "").replaceAll("^0+|0+$", "");
        if (digits.length() > 1) {
            BigDecimal shorter =
                    new BigDecimal(d).round(new java.math.MathContext(digits.length() - 1, RoundingMode.HALF_EVEN));
            assertThat(shorter.doubleValue()).isNotEqualTo(d);
        }
    }

    @Property
    void jsonReadsBackEqual(@ForAll String text, @ForAll @Size(max = 5) List<Long> numbers, @ForAll boolean flag) {
        Map<String, Object> value = Map.of("t\"\n", text, "n", numbers, "f", flag);
        Map<String, Object> back = TestJson.object(JSON.render(Map.of("v", value)));
        assertThat(back.get("t\"\n")).isEqualTo(text);
        assertThat(String.valueOf(back.get("n"))).isEqualTo(numbers.toString());
        assertThat(back.get("f")).isEqualTo(flag);
    }

    @Property
    void joiningWhatWasSplitGivesTheText(
            @ForAll String text, @ForAll @StringLength(min = 1, max = 2) String separator) {
        assertThat(CUT.render(Map.of("v", text, "s", separator))).isEqualTo(text);
    }

    @Property
    void textIsCountedAndCutByCodePoint(@ForAll String text) {
        assertThat(CODE_POINTS.render(Map.of("v", text)))
                .isEqualTo(text.codePointCount(0, text.length()) + " " + text + " " + text + " " + text);
    }

    @Property
    void trackingChangesNothingAndItsSpansAreInOrder(@ForAll String text) {
        Map<String, Object> context = Map.of("v", text);
        TrackedText tracked = MIXED.renderTracked(context, RenderOptions.defaults());
        assertThat(tracked.text()).isEqualTo(MIXED.render(context));
        int at = 0;
        for (TrackedText.Span span : tracked.values()) {
            assertThat(span.start()).isGreaterThanOrEqualTo(at);
            assertThat(span.end())
                    .isGreaterThan(span.start())
                    .isLessThanOrEqualTo(tracked.text().length());
            at = span.end();
        }
    }

    @Property
    void whatNoValueTouchesIsTheTemplatesOwn(@ForAll @StringLength(max = 20) String text) {
        String source = "{% set a = '<|' ~ 'im' ~ '|>' %}{{ a|upper|lower }}{{ v }}{{ a }}";
        TrackedText tracked = Template.parse(source).renderTracked(Map.of("v", text), RenderOptions.defaults());
        List<TrackedText.Span> expected =
                text.isEmpty() ? List.of() : List.of(new TrackedText.Span(6, 6 + text.length()));
        assertThat(tracked.values()).isEqualTo(expected);
    }
}
