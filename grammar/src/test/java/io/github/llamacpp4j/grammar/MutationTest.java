package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Mutated grammars and schemas end in a typed error or work, each within two seconds. The system property
 * {@code grammar.mutations} sets how many are tried (default 3,000).
 */
class MutationTest {
    private static final List<String> GRAMMARS = List.of(
            GrammarCursorTest.JSON,
            "root ::= (expr \"=\" ws term \"\\n\")+\nexpr ::= term ([-+*/] term)*\nterm ::= [a-z]+ | \"(\" ws expr \")\" ws\nws ::= [ \\t\\n]*",
            "root ::= <[5]>* !<[7]> \"x\"{2,5} [^a-z\\]]{0,30} (\"a\" | \"b\"?)+ .",
            "root ::= ((\"a\"{50}){50}){50} ((a* | \"b\")* c)*\na ::= \"\" | \"(\" root \")\"\nc ::= [\\u00e0-\\U0001F64F]{3,}");

    private static final List<String> SCHEMAS = List.of(
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":-5,\"maximum\":1000},\"b\":{\"$ref\":\"#/$defs/s\"}},\"required\":[\"b\"],\"additionalProperties\":{\"type\":\"number\",\"exclusiveMaximum\":2.5},\"$defs\":{\"s\":{\"type\":\"string\",\"pattern\":\"^(ab|c){2,30}x*$\",\"maxLength\":40}}}",
            "{\"anyOf\":[{\"type\":\"array\",\"prefixItems\":[{\"const\":1},{\"enum\":[\"a\",null]}],\"items\":{\"$ref\":\"#\"},\"minItems\":1,\"maxItems\":500},{\"type\":\"string\",\"format\":\"date-time\"}]}",
            "{\"oneOf\":[{\"required\":[\"a\"]},{\"type\":\"string\",\"minLength\":3,\"maxLength\":100000},{\"not\":{\"type\":[\"object\",\"string\"]}}],\"if\":{\"minimum\":3},\"then\":{\"multipleOf\":7}}",
            "{\"type\":\"object\",\"patternProperties\":{\"^s_\":{\"type\":\"string\"},\"_n$\":{\"maxLength\":9}},\"propertyNames\":{\"maxLength\":8},\"minProperties\":1,\"maxProperties\":30,\"dependentRequired\":{\"s_a\":[\"b_n\"]}}",
            "{\"type\":\"array\",\"items\":{\"enum\":[1,2.5,\"a\",null,{\"b\":[1]}]},\"uniqueItems\":true,\"contains\":{\"$ref\":\"#a\"},\"minContains\":2,\"maxContains\":3,\"$defs\":{\"a\":{\"$anchor\":\"a\",\"exclusiveMinimum\":-1e-9}}}");

    private static final String[] SPICE = {
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\\",
        "|",
        "*",
        "+",
        "?",
        "{1000000}",
        "{0,99999}",
        "::=",
        "\n",
        "root",
        "<[1]>",
        "!",
        ".",
        "^",
        "-",
        ",",
        ":",
        "null",
        "true",
        "1e308",
        "-1",
        "99999999999999999999",
        "0.1",
        "\"$ref\":\"#\",",
        "\"allOf\":[{}],",
        "\"not\":{},",
        "(a*)*",
        "((((((((",
        ".{0,1000}",
        "\\d",
        "\u0000",
        "\ud83d\ude00",
        "\"type\":\"object\",",
        "#"
    };

    @Test
    void mutantsEndInATypedErrorOrWork() {
        List<String> grammars = corpus("grammar/gbnf.jsonl", "grammar", GRAMMARS);
        List<String> schemas = corpus("grammar/schemas.jsonl", "schema", SCHEMAS);
        int count = Integer.getInteger("grammar.mutations", 3_000);
        TokenVocabulary vocabulary = TestVocabulary.create();
        Random random = new Random(20261122);
        int worked = 0;
        int refused = 0;
        Duration slowest = Duration.ZERO;
        String slowestMutant = "";
        for (int i = 0; i < count; i++) {
            boolean gbnf = i % 2 == 0;
            List<String> base = gbnf ? grammars : schemas;
            String mutant = mutant(base, gbnf, random);
            boolean[] ok = new boolean[1];
            Duration time = CpuTime.of(() -> ok[0] = tryOne(mutant, gbnf, vocabulary));
            assertThat(time).as(mutant).isLessThan(Duration.ofSeconds(2));
            if (time.compareTo(slowest) > 0) {
                slowest = time;
                slowestMutant = mutant;
            }
            if (ok[0]) {
                worked++;
            } else {
                refused++;
            }
        }
        Corpus.report(count + " mutants: " + worked + " work, " + refused + " refused, slowest " + slowest.toMillis()
                + " ms, heap " + (Runtime.getRuntime().totalMemory() >> 20) + " MiB; the slowest: " + slowestMutant);
        assertThat(worked).isPositive();
        assertThat(refused).isPositive();
    }

    private static boolean tryOne(String mutant, boolean gbnf, TokenVocabulary vocabulary) {
        try {
            Grammar grammar;
            if (gbnf) {
                grammar = Grammar.parse(mutant, vocabulary, GrammarLimits.defaults());
            } else {
                Object tree = tree(mutant);
                grammar = Grammar.ofSchema(tree, SchemaOptions.defaults()).grammar();
            }
            CompiledGrammar compiled = grammar.compile(vocabulary);
            compiled.match("{\"a\":12,\"b\":\"abab\",\"x\":[1.5,null]}((aaa))=b\n");
            GrammarCursor cursor = compiled.cursor();
            Random random = new Random(mutant.hashCode());
            for (int step = 0; step < 8 && !cursor.isFinished(); step++) {
                List<Integer> allowed = GrammarCursorTest.allowed(cursor.mask());
                if (allowed.isEmpty()) {
                    break;
                }
                cursor.accept(allowed.get(random.nextInt(allowed.size())));
            }
            return true;
        } catch (GrammarException | SchemaException e) {
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
    }

    /** The mutant as JSON, or as a string if it is none. */
    private static @Nullable Object tree(String mutant) {
        try {
            return JsonTrees.parse(mutant);
        } catch (JacksonException | NumberFormatException e) {
            return mutant;
        }
    }

    /** A mutant; of schemas, most that are no longer JSON are passed over. */
    private static String mutant(List<String> base, boolean gbnf, Random random) {
        String mutant = "";
        for (int attempt = 0; attempt < 10; attempt++) {
            mutant = mutate(base.get(random.nextInt(base.size())), base, random);
            if (gbnf || !(tree(mutant) instanceof String)) {
                return mutant;
            }
        }
        return mutant;
    }

    private static String mutate(String text, List<String> others, Random random) {
        StringBuilder mutant = new StringBuilder(text);
        int changes = 1 + random.nextInt(2);
        for (int i = 0; i < changes && !mutant.isEmpty(); i++) {
            int at = random.nextInt(mutant.length());
            int end = Math.min(mutant.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(6)) {
                case 0 -> mutant.delete(at, end);
                case 1 -> mutant.insert(at, SPICE[random.nextInt(SPICE.length)]);
                case 2 -> mutant.insert(at, mutant.substring(at, end).repeat(1 + random.nextInt(40)));
                case 3 -> mutant.replace(at, end, SPICE[random.nextInt(SPICE.length)]);
                case 4 -> mutant.setCharAt(at, (char) (' ' + random.nextInt(96)));
                default -> {
                    String other = others.get(random.nextInt(others.size()));
                    int from = random.nextInt(other.length());
                    mutant.insert(at, other, from, Math.min(other.length(), from + 60));
                }
            }
        }
        return mutant.toString();
    }

    private static List<String> corpus(String file, String field, List<String> own) {
        List<String> texts = new ArrayList<>(own);
        Optional<Path> path = Corpus.find(file);
        if (path.filter(Files::exists).isPresent()) {
            for (JsonNode line : Corpus.lines(file)) {
                JsonNode value = line.get(field);
                texts.add(value.isString() ? value.asString() : value.toString());
            }
        }
        return texts;
    }
}
