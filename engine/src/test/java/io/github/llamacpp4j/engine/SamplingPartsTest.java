package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplingPartsTest {

    @Test
    void mersenneTwisterGivesTheNumbersOfTheStandard() {
        MersenneTwister random = new MersenneTwister(5489);
        int tenThousandth = 0;
        for (int i = 0; i < 10_000; i++) {
            tenThousandth = random.nextBits();
        }
        assertThat(Integer.toUnsignedLong(tenThousandth)).isEqualTo(4123659995L);
    }

    @Test
    void floatExpIsAsGoodAsAFloatCanBe() {
        for (double x = 0; x > -103; x -= 0.000937) {
            float argument = (float) x;
            double exact = Math.exp(argument);
            assertThat((double) FloatExp.exp(argument)).isCloseTo(exact, within(exact * 2e-7 + 1e-45));
        }
        assertThat(FloatExp.exp(0)).isEqualTo(1);
        assertThat(FloatExp.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(FloatExp.exp(Float.NaN)).isNaN();
    }

    @Test
    void intIntMapAgreesWithHashMap() {
        Random random = new Random(1);
        IntIntMap map = new IntIntMap(4);
        Map<Integer, Integer> expected = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            int key = random.nextInt(200) * 128;
            if (random.nextInt(3) == 0) {
                map.remove(key);
                expected.remove(key);
            } else {
                map.put(key, i + 1);
                expected.put(key, i + 1);
            }
            assertThat(map.size()).isEqualTo(expected.size());
            assertThat(map.get(key)).isEqualTo(expected.getOrDefault(key, IntIntMap.ABSENT));
        }
        expected.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
        map.clear();
        assertThat(map.get(128)).isEqualTo(IntIntMap.ABSENT);
    }

    @Test
    void sortKeysOrderLikeAStableSortWhateverTheLength() {
        Random random = new Random(2);
        for (int size : new int[] {0, 1, 2, 100, 128, 129, 2048, 2049, 30_000}) {
            SortKeys keys = new SortKeys(size);
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = switch (random.nextInt(8)) {
                    case 0 -> 0f;
                    case 1 -> -0f;
                    case 2 -> Float.NEGATIVE_INFINITY;
                    default -> random.nextInt(50) - 25.5f;
                };
                keys.add(values[i], i);
            }
            keys.sort();
            List<Integer> expected = IntStream.range(0, size)
                    .boxed()
                    .sorted((a, b) -> values[a] == values[b] ? 0 : Float.compare(values[b], values[a]))
                    .toList();
            assertThat(IntStream.range(0, size).map(keys::index).boxed().toList())
                    .isEqualTo(expected);
        }
    }

    @Test
    void dryBreakersFindTokensThatContainOrBeginABreaker() {
        FakeVocabulary vocabulary = new FakeVocabulary(262, "a:b", "x#", "#", "ab#", "-");
        DryBreakers breakers = DryBreakers.of(List.of(":", "##"), vocabulary);

        assertThat(breakers.isBreaker(':')).isTrue();
        assertThat(breakers.isBreaker(257)).isTrue();
        assertThat(breakers.isBreaker('a')).isFalse();
        assertThat(breakers.isBreaker(258)).as("only half of ## ").isFalse();
        assertThat(breakers.distance(ring('a', 'b', ':', 'c'))).isEqualTo(1);
        assertThat(breakers.distance(ring('a', 258, '#', 'c', 'd'))).isEqualTo(2);
        assertThat(breakers.distance(ring('a', 258, 'c', '#', 'd'))).isEqualTo(5);
    }

    private static TokenRing ring(int... tokens) {
        TokenRing ring = new TokenRing(8);
        for (int token : tokens) {
            ring.add(token);
        }
        return ring;
    }

    @Test
    void tokenRingForgetsTheOldest() {
        TokenRing ring = new TokenRing(3);
        for (int token = 1; token <= 5; token++) {
            ring.add(token);
        }
        assertThat(List.of(ring.recent(0), ring.recent(1), ring.recent(2), ring.oldest()))
                .containsExactly(5, 4, 3, 3);
    }

    @Test
    void retainKeepsOnlyAllowedTokens() {
        Candidates candidates = new Candidates(130);
        float[] row = candidates.nextRow();
        for (int i = 0; i < row.length; i++) {
            row[i] = i;
        }
        candidates.retain(new long[] {1L << 7, 1L << 1, 1L << 1, -1L});
        assertThat(candidates.size()).isEqualTo(3);
        assertThat(IntStream.range(0, 3).map(candidates::token)).containsExactly(7, 65, 129);
        assertThat(candidates.logit(2)).isEqualTo(129);
    }

    @Test
    void samplingOptionsRefuseWhatIsOutOfRangeAndSayWhy() {
        assertThatThrownBy(() -> SamplingOptions.builder().topP(1.5).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topP must be between 0.0 and 1.0, got 1.5");
        assertThatThrownBy(
                        () -> SamplingOptions.builder().temperature(Double.NaN).build())
                .hasMessage("temperature must be a finite number, got NaN");
        assertThatThrownBy(() -> SamplingOptions.builder().seed(-1))
                .hasMessageContaining("seed must be 0 to 4294967295");
        assertThatThrownBy(() -> SamplerOrder.parse("top_k;top-k")).hasMessageContaining("may run once");
        assertThatThrownBy(() -> SamplerOrder.parse("nonsense"))
                .hasMessageContaining("unknown sampler 'nonsense'; expected one of penalties, dry");
        assertThatThrownBy(() -> new LogitBias(1, Float.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void samplingOptionsAreValues() {
        SamplingOptions options = SamplingOptions.builder().topK(7).seed(3).build();
        assertThat(options.toBuilder().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.toBuilder().topK(8).build()).isNotEqualTo(options);
        assertThat(options.seed()).hasValue(3);
        assertThat(SamplingOptions.defaults().seed()).isEmpty();
    }
}
