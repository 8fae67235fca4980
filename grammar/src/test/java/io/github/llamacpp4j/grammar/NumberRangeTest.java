package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberRangeTest {

    private final Random random = new Random(6);

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '\0', textBlock = """
            {"minimum":0,"maximum":1}                       ; 0|1|1e-07|1e0|1.0|0.30000000000000004|2.5E-10 ; 1e1|1.1e0|-1e-07|1.0000000000000002|1e+16
            {"maximum":-1e20}                               ; -1e+20|-1.5e+20|-100000000000000000000        ; -9.9e+19|-1|0|1e+25|-1e-20
            {"exclusiveMinimum":1500}                       ; 1.6e3|1501|1e+16|1500.5                       ; 1.5e3|1500|1.4e3|1e-7|1500.0
            {"exclusiveMaximum":0.002}                      ; 1e-3|1.99e-03|0.001|-5|-1e+16                 ; 2e-3|0.002|2.0e-03|1e-2
            {"minimum":1.5e-7,"maximum":2.5e-7}             ; 1.5e-07|2e-7|2.5e-07                          ; 1.4e-07|2.6e-07|1e-7|3e-7|0
            {"exclusiveMinimum":-1,"exclusiveMaximum":1}    ; 0|0.5|-0.5|-9e-1|9.99e-01                     ; 1|-1|-1e0|1e0|1.0|2
            {"minimum":1e3}                                 ; 1000|1000.0|12345|1e03|1e+16                  ; 999.999|0|-1000|9.9e2|1e-3
            {"exclusiveMinimum":0}                          ; 1e-07|0.000000000000000000001                 ; 0|0.0|0e5|-1|1e-999
            """)
    void numbersAreComparedExactlyWithAndWithoutAnExponent(String bounds, String valid, String invalid) {
        CompiledGrammar compiled = SchemaGrammarTest.compile("{\"type\":\"number\"," + bounds.substring(1));
        for (String text : valid.split("\\|", -1)) {
            assertThat(compiled.match(text).isAccepted()).as(text).isTrue();
        }
        for (String text : invalid.split("\\|", -1)) {
            assertThat(compiled.match(text).isAccepted()).as(text).isFalse();
        }
    }

    @Test
    void randomNumbersNearRandomBoundsAreAcceptedWhereTheyLieBetween() {
        List<String> wrong = new ArrayList<>();
        int inside = 0;
        for (int i = 0; i < 300; i++) {
            BigDecimal one = number();
            BigDecimal other = one.add(number().abs());
            boolean openBelow = random.nextBoolean();
            boolean openAbove = random.nextBoolean();
            Map<String, Object> schema = Map.of(
                    "type",
                    "number",
                    openBelow ? "exclusiveMinimum" : "minimum",
                    one,
                    openAbove ? "exclusiveMaximum" : "maximum",
                    other);
            CompiledGrammar compiled;
            try {
                compiled = Grammar.ofSchema(schema, SchemaOptions.defaults())
                        .grammar()
                        .compile(TokenVocabulary.empty());
            } catch (SchemaException e) {
                assertThat(openBelow || openAbove ? one.compareTo(other) : 1)
                        .as("%s", schema)
                        .isZero();
                continue;
            }
            for (BigDecimal near :
                    List.of(one, other, one.add(step()), other.subtract(step()), one.negate(), number())) {
                int below = near.compareTo(one);
                int above = near.compareTo(other);
                boolean expected = (openBelow ? below > 0 : below >= 0) && (openAbove ? above < 0 : above <= 0);
                inside += expected ? 1 : 0;
                for (String text : List.of(plain(near), scientific(near))) {
                    if (near.signum() != 0 && compiled.match(text).isAccepted() != expected) {
                        wrong.add(text + " under " + schema);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(inside).isBetween(300, 1_500);
    }

    private BigDecimal number() {
        return new BigDecimal(BigInteger.valueOf(random.nextInt(2_000) - 1_000), random.nextInt(7) - 2);
    }

    private BigDecimal step() {
        return new BigDecimal(BigInteger.valueOf(random.nextInt(3)), random.nextInt(5));
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    private static String scientific(BigDecimal number) {
        BigDecimal stripped = number.stripTrailingZeros();
        String digits = stripped.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - stripped.scale();
        return (number.signum() < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + "e"
                + exponent;
    }
}
