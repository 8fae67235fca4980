package io.github.llamacpp4j.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** One semantic of jinja2 per case: {@code =} and the output, or {@code !} and the kind of refusal, as jinja2 3.1.6 gives them. */
final class SemanticsTest {
    static final List<Arguments> CASES = List.of(
            Arguments.of("whitespace control", "a\n  {% if true %}  \n b\n{% endif %}\n c", "= a\n  \n b\n c"),
            Arguments.of("whitespace control", "x {%+ if true %}\ny{% endif %}", "= x y"),
            Arguments.of("whitespace control", "x\n  {%+ if true +%}\n y{% endif %}\n", "= x\n  \n y"),
            Arguments.of("whitespace control", "{{- 1 -}}  \n 2 {{ 3 }}\n", "= 12 3"),
            Arguments.of("whitespace control", "{% raw -%}\n {{ x }} {%- endraw %} y", "= {{ x }} y"),
            Arguments.of("whitespace control", "{% raw %} {% if %} {% endraw %}\n!", "=  {% if %} !"),
            Arguments.of("whitespace control", "a {#- c -#} b\n{# d #}\ne", "= ab\ne"),
            Arguments.of("whitespace control", "{%- set x = 1 -%}\n{{ x }}\n\n", "= 1\n"),
            Arguments.of(
                    "scopes",
                    "{% set x = 1 %}{% for i in [1,2] %}{{ x }}{% set x = i + 5 %}{{ x }}{% endfor %}{{ x }}",
                    "= 16171"),
            Arguments.of("folding", "{{ (0)[1:] }}|{{ (none)[1:] ~ 'x' }}|{{ 1.5[:2] is defined }}", "= |x|False"),
            Arguments.of("folding", "{% if (0)[1:] is defined %}a{% else %}b{% endif %}", "= b"),
            Arguments.of(
                    "folding",
                    "{% autoescape true %}{{ ('<'|safe) ~ '>' }}{% set x = '>' %}{{ ('<'|safe) ~ x }}{% endautoescape %}",
                    "= &lt;&gt;<&gt;"),
            Arguments.of("folding", "{% if (0)[1:] %}a{% endif %}", "! runtime"),
            Arguments.of("folding", "{% set x = 0 %}{{ x[1:] }}", "! runtime"),
            Arguments.of("scopes", "{% for i in [1] %}{{ y }}{% endfor %}{% set y = 2 %}{{ y }}", "= 2"),
            Arguments.of(
                    "scopes",
                    "{% macro m() %}{{ z }}{% endmacro %}{% set z = 3 %}{{ m() }}{% set z = 4 %}{{ m() }}",
                    "= 34"),
            Arguments.of(
                    "scopes",
                    "{% with a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}{% endwith %}{{ a is defined }}",
                    "= 211False"),
            Arguments.of("scopes", "{% if false %}{% set q = 1 %}{% endif %}{{ q is defined }}", "= False"),
            Arguments.of(
                    "scopes",
                    "{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
                    "= 6"),
            Arguments.of("scopes", "{% set a, (b, c) = [1, (2, 3)] %}{{ c }}{{ b }}{{ a }}", "= 321"),
            Arguments.of(
                    "scopes",
                    "{% block b %}{% set t = 1 %}{{ t }}{% endblock %}{{ t is defined }}{{ self.b() }}",
                    "= 1False1"),
            Arguments.of("scopes", "{% for x in [1,2] %}{% block c scoped %}{{ x }}{% endblock %}{% endfor %}", "= 12"),
            Arguments.of(
                    "loops",
                    "{% for a in [1,2,3] %}{% if loop.first %}{% continue %}{% endif %}{{ a }}{% else %}none{% endfor %}",
                    "= 23"),
            Arguments.of("loops", "{% for a in [1] %}{% continue %}{% else %}none{% endfor %}", "= none"),
            Arguments.of("loops", "{% for a, in [[1]] %}{{ a }}{% endfor %}", "! parse"),
            Arguments.of("loops", "{% for (a,) in [[1]] %}{{ a }}{% endfor %}", "= 1"),
            Arguments.of("loops", "{% for a, in in [[1, 2]] %}{{ a }}{{ in }}{% endfor %}", "= 12"),
            Arguments.of("loops", "{% for a in [1], d recursive %}{{ a }}{% endfor %}", "= [1]{'k': 1}"),
            Arguments.of("loops", "{% for a in [1], recursive recursive %}{{ a }}.{% endfor %}", "= [1].."),
            Arguments.of(
                    "loops",
                    "{% for a in [1,2,3] if a != 2 %}{{ loop.index }}{{ loop.previtem }}{{ loop.nextitem }} {% endfor %}",
                    "= 13 21 "),
            Arguments.of(
                    "loops", "{% for a in 'xyz' %}{{ loop.cycle(1, 2) }}{{ loop.revindex0 }}{% endfor %}", "= 122110"),
            Arguments.of("loops", "{% for k, v in {'a': 1, 'b': [2]}.items() %}{{ k }}{{ v }}{% endfor %}", "= a1b[2]"),
            Arguments.of(
                    "loops",
                    "{% for a in [1,[2,[3]]] recursive %}{{ loop(a) if a is iterable else a ~ '@' ~ loop.depth }}{% endfor %}",
                    "= 1@12@23@3"),
            Arguments.of(
                    "loops",
                    "{% for a in [1,1,2] %}{{ loop.changed(a) }}{% endfor %}{{ loop is defined }}",
                    "= TrueFalseTrueFalse"),
            Arguments.of("loops", "{% for x in [3,1]|sort %}{{ loop.length }}{{ x }}{% break %}{% endfor %}", "= 21"),
            Arguments.of("macros", "{% macro m(a, b=a ~ 1, *c) %}{% endmacro %}", "! parse"),
            Arguments.of(
                    "macros",
                    "{% macro m(a, b=2) %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, z=4) }}{{ m.name }}{{ m.arguments }}",
                    "= 12(3,){'z': 4}m('a', 'b')"),
            Arguments.of(
                    "macros",
                    "{% macro m(x) %}{{ caller(x * 2) }}{% endmacro %}{% call(y) m(4) %}<{{ y }}>{% endcall %}",
                    "= <8>"),
            Arguments.of(
                    "macros",
                    "{% macro m() %}{{ caller() if caller else 'no' }}{% endmacro %}{{ m() }}{% call m() %}yes{% endcall %}",
                    "= noyes"),
            Arguments.of(
                    "macros",
                    "{% macro a(n) %}{% if n %}{{ n }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(3) }}",
                    "= 321"),
            Arguments.of(
                    "macros", "{% macro m(p) %}{{ p is defined }}{% endmacro %}{{ m() }}{{ m(none) }}", "= FalseTrue"),
            Arguments.of("text", "{{ 'a\\tb\\x41\\u00e9\\N{BULLET}' }}", "= a\tbA\u00e9\u2022"),
            Arguments.of(
                    "text",
                    "{{ 'h\u00e9llo w\u00f6rld'.title() }} {{ '\u00df'.upper() }} {{ '\u0130'.lower()|length }}",
                    "= H\u00e9llo W\u00f6rld SS 2"),
            Arguments.of("text", "{{ ['a', \"b'c\", 'd\\n\\x07\u00e9'] }}", "= ['a', \"b'c\", 'd\\n\\x07\u00e9']"),
            Arguments.of(
                    "text",
                    "{{ ' a b '.split() }}{{ 'a,b,,c'.split(',', 2) }}{{ 'a b  c '.rsplit(none, 1) }}",
                    "= ['a', 'b']['a', 'b', ',c']['a b', 'c']"),
            Arguments.of(
                    "text",
                    "{{ '\ud83d\ude00\u00e9'[0] }}{{ '\ud83d\ude00\u00e9'|length }}{{ '\ud83d\ude00\u00e9'[::-1] }}",
                    "= \ud83d\ude002\u00e9\ud83d\ude00"),
            Arguments.of(
                    "text", "{{ '%05.1f|%-4s|%+d|%x|%r|%%' % (2.25, 'ab', 3, 255, 'q') }}", "= 002.2|ab  |+3|ff|'q'|%"),
            Arguments.of("text", "{{ '{:>6}|{:,}|{:.2%}|{0}'.format('x') }}", "! runtime"),
            Arguments.of(
                    "text",
                    "{{ '{:>6}|{:,}|{:.2%}|{!r}'.format('x', 1234567, 0.1234, 'q') }}",
                    "=      x|1,234,567|12.34%|'q'"),
            Arguments.of(
                    "text", "{{ 'a-b_c'.partition('-') }} {{ 'abc'.find('c') }} {{ 'abc'.index('z') }}", "! runtime"),
            Arguments.of("text", "{{ '\\u00a0x\\u3000'|trim }}|{{ 'xxaxx'.strip('x') }}", "= x|a"),
            Arguments.of(
                    "numbers",
                    "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3.5 }} {{ 2 ** 64 }} {{ 2 ** -1 }}",
                    "= 3 -4 2 -0.0 18446744073709551616 0.5"),
            Arguments.of(
                    "numbers",
                    "{{ 1e16 }} {{ 1e15 }} {{ 0.1 + 0.2 }} {{ 5e-324 }} {{ -0.0 }} {{ 1.5e300 * 1e10 }}",
                    "= 1e+16 1000000000000000.0 0.30000000000000004 5e-324 -0.0 inf"),
            Arguments.of(
                    "numbers",
                    "{{ 9223372036854775807 + 1 }} {{ -9223372036854775808 - 1 }} {{ 99999999999 * 99999999999 }}",
                    "= 9223372036854775808 -9223372036854775809 9999999999800000000001"),
            Arguments.of(
                    "numbers",
                    "{{ true + true }} {{ 1 == 1.0 == true }} {{ 3 > 2 > 1 }} {{ 1 < 2.5 }}",
                    "= 2 True True True"),
            Arguments.of(
                    "numbers",
                    "{{ 2.675|round(2) }} {{ 2.5|round }} {{ 1234|round(-2) }} {{ 2.1|round(0, 'ceil')|int }}",
                    "= 2.67 2.0 1200 3"),
            Arguments.of(
                    "numbers",
                    "{{ '42'|int }} {{ ' 0x1f '|int(base=16) }} {{ 'x'|int(7) }} {{ '3.9'|int }} {{ '1e3'|float }}",
                    "= 42 31 7 3 1000.0"),
            Arguments.of("numbers", "{{ 1 / 0 }}", "! runtime"),
            Arguments.of("numbers", "{{ -2 ** n }} {{ (-2) ** 2 }}", "= -4 4"),
            Arguments.of("containers", "{{ {1: 'a', true: 'b', 1.0: 'c', none: 2} }}", "= {1: 'c', None: 2}"),
            Arguments.of(
                    "containers",
                    "{{ (1,) }}{{ () }}{{ [1, (2, 3)] + [4] }}{{ [0] * 3 }}",
                    "= (1,)()[1, (2, 3), 4][0, 0, 0]"),
            Arguments.of(
                    "containers",
                    "{{ {'a': 1}.items() }} {{ {'a': 1}.get('b', 7) }} {{ (d.items|string)[:37] }}",
                    "= dict_items([('a', 1)]) 7 <built-in method items of dict object"),
            Arguments.of(
                    "containers",
                    "{{ d.x is defined }} {{ d['items'] is callable }} {{ [1, 2][5] is defined }}",
                    "= False True False"),
            Arguments.of(
                    "containers",
                    "{{ [3, 1, 2]|sort(reverse=true) }} {{ ['b', 'A']|sort }} {{ {'b': 1, 'a': 2}|dictsort }}",
                    "= [3, 2, 1] ['A', 'b'] [('a', 2), ('b', 1)]"),
            Arguments.of(
                    "containers",
                    "{{ [1, 2, 3][::2] }} {{ 'abc'[-2:] }} {{ (1, 2, 3)[1:] }} {{ range(10)[2:5] }}",
                    "= [1, 3] bc (2, 3) range(2, 5)"),
            Arguments.of(
                    "containers",
                    "{{ [[1, 'x'], [2, 'y']]|map('last')|join }} {{ [{'a': {'b': 1}}]|map(attribute='a.b')|list }}",
                    "= xy [1]"),
            Arguments.of(
                    "containers",
                    "{{ [1, 2, 3, 4]|select('even')|list }} {{ [1, none, '']|reject|list }} {{ ['a']|map('nope')|list }}",
                    "! runtime"),
            Arguments.of(
                    "containers",
                    "{{ {'b': [1.0, none, true, '\u00e9\"'], 'a': {}}|tojson }} {{ [1, {'k': 2}]|tojson(indent=1) }}",
                    "= {\"b\": [1.0, null, true, \"\u00e9\\\"\"], \"a\": {}} [\n 1,\n {\n  \"k\": 2\n }\n]"),
            Arguments.of(
                    "undefined",
                    "[{{ nope }}] {{ nope is undefined }} {{ nope|default('d') }} {{ not nope }} {{ nope == nope2 }}",
                    "= [] True d True True"),
            Arguments.of("undefined", "{{ nope.x }}", "! undefined"),
            Arguments.of("undefined", "{{ nope + 1 }}", "! undefined"),
            Arguments.of("undefined", "{{ d.nope.x }}", "! undefined"),
            Arguments.of("undefined", "{{ (1 if false) is undefined }} {{ 1 if false }}", "= True "),
            Arguments.of("undefined", "{{ nope|int }}", "! undefined"),
            Arguments.of("undefined", "{{ range(nope) }}", "! runtime"),
            Arguments.of("undefined", "{{ 'x' in nope }} {{ nope|list }} {{ nope|length }}", "= False [] 0"),
            Arguments.of("refusals", "{{ [].append(1) }}", "! security"),
            Arguments.of("refusals", "{{ ''.__class__.__mro__ }}", "! security"),
            Arguments.of("refusals", "{{ {}.update({}) }}", "! security"),
            Arguments.of("refusals", "{{ 'a' + 1 }}", "! runtime"),
            Arguments.of("refusals", "{{ 1 < 'a' }}", "! runtime"),
            Arguments.of("refusals", "{{ [1] + (2,) }}", "! runtime"),
            Arguments.of("refusals", "{{ x() }}", "! undefined"),
            Arguments.of("refusals", "{{ 5() }}", "! runtime"),
            Arguments.of("refusals", "{% for a, b in [[1]] %}{% endfor %}", "! runtime"),
            Arguments.of("refusals", "{{ 'x'|nofilter }}", "! parse"),
            Arguments.of("refusals", "{% if false %}{{ 'x'|nofilter }}{% endif %}ok", "= ok"),
            Arguments.of("refusals", "{% if true %}{{ 'x'|nofilter }}{% endif %}", "! runtime"),
            Arguments.of("refusals", "{{ 1 is notest }}", "! parse"),
            Arguments.of("refusals", "{% break %}", "! parse"),
            Arguments.of("refusals", "{% endfor %}", "! parse"),
            Arguments.of("refusals", "{{ {[]: 1} }}", "! runtime"),
            Arguments.of("refusals", "{{ 'a'.upper(1) }}", "! runtime"),
            Arguments.of("refusals", "{{ range(200000) }}", "! runtime"),
            Arguments.of("refusals", "{{ raise_exception('m') }}", "! raise"),
            Arguments.of("refusals", "{{ namespace(a=1)|tojson }}", "! runtime"),
            Arguments.of("refusals", "{% set d.x = 1 %}", "! runtime"),
            Arguments.of(
                    "markup",
                    "{{ '<a>'|safe ~ '<b>' }} {{ ('<a>'|safe) + '<b>' }} {{ '<a>'|e }} {{ '<a>'|e|e }}",
                    "= <a><b> <a>&lt;b&gt; &lt;a&gt; &lt;a&gt;"),
            Arguments.of(
                    "markup",
                    "{% autoescape true %}{{ '<a>' }}{{ '<a>'|safe }}{{ '<' ~ '>' }}{% endautoescape %}{{ '<' }}",
                    "= &lt;a&gt;<a>&lt;&gt;<"),
            Arguments.of(
                    "markup",
                    "{% set x %}<b>{% endset %}{% autoescape true %}{{ x }}{% set y %}<c>{% endset %}{{ y }}{% endautoescape %}",
                    "= &lt;b&gt;<c>"));

    @ParameterizedTest(name = "{0}: {1}")
    @FieldSource("CASES")
    void isAsInJinja2(String area, String template, String expected) {
        assertThat(outcome(template)).as(area).isEqualTo(expected);
    }

    private static String outcome(String template) {
        try {
            return "= " + Template.parse(template).render(Map.of("d", Map.of("k", 1), "n", 2));
        } catch (TemplateException e) {
            return "! " + e.kind().name().toLowerCase(Locale.ROOT);
        }
    }
}
