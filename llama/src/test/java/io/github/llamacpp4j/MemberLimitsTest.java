package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Null;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberLimitsTest {

    enum Side {
        LEFT,
        RIGHT
    }

    record Texts(
            @NotBlank String name,
            @NotBlank @Pattern(regexp = ".{2}") String pair,

            @Pattern(regexp = "[a-z]+") @Pattern(regexp = ".{3}")
            String word,

            @Size(max = 2) List<@Size(max = 3) @Pattern(regexp = "[a-z]+") String> words) {}

    record Sides(@Size(min = 2) Set<Side> sides) {}

    record Birth(@Past LocalDate day) {}

    record Price(@Digits(integer = 3, fraction = 2) BigDecimal euros) {}

    record Nothing(@Null String text) {}

    record AnyCase(
            @Pattern(regexp = "a", flags = Pattern.Flag.CASE_INSENSITIVE)
            String text) {}

    record Twice(@Size(min = 1) @Size(max = 3) String text) {}

    record Tags(@Size(min = 2) Set<String> tags) {}

    record Prices(Map<String, List<@Digits(integer = 3, fraction = 2) BigDecimal>> euros) {}

    interface Counter {
        int count(@NotNull String what, @Min(1) @Max(3) int times);
    }

    interface Plain {
        int count(@NotNull String what);
    }

    private static boolean accepts(Class<?> type, String json) {
        CompiledGrammar grammar = OutputType.of(type)
                .constraint()
                .grammar(TokenVocabulary.empty())
                .compile(TokenVocabulary.empty());
        return grammar.match(json).isAccepted();
    }

    @Test
    void everyPatternOfATextCounts() {
        String texts = "{\"name\": \"%s\", \"pair\": \"%s\", \"word\": \"%s\", \"words\": [%s]}";
        assertThat(accepts(Texts.class, texts.formatted("Al", "a ", "abc", "\"a\", \"bcd\"")))
                .isTrue();
        assertThat(accepts(Texts.class, texts.formatted("  ", "a ", "abc", ""))).isFalse();
        assertThat(accepts(Texts.class, texts.formatted("Al", "  ", "abc", ""))).isFalse();
        assertThat(accepts(Texts.class, texts.formatted("Al", "abc", "abc", "")))
                .isFalse();
        assertThat(accepts(Texts.class, texts.formatted("Al", "a ", "abcd", "")))
                .isFalse();
        assertThat(accepts(Texts.class, texts.formatted("Al", "a ", "ab1", ""))).isFalse();
        assertThat(accepts(Texts.class, texts.formatted("Al", "a ", "abc", "\"A\"")))
                .isFalse();
    }

    @Test
    void theElementsOfASetOfConstantsDiffer() {
        assertThat(accepts(Sides.class, "{\"sides\": [\"RIGHT\", \"LEFT\"]}")).isTrue();
        assertThat(accepts(Sides.class, "{\"sides\": [\"LEFT\", \"LEFT\"]}")).isFalse();
        assertThat(accepts(Sides.class, "{\"sides\": [\"LEFT\"]}")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {Birth.class, Price.class, Nothing.class, AnyCase.class, Twice.class, Tags.class, Prices.class})
    void whatNobodyWouldKeepIsRefused(Class<?> type) {
        assertThatThrownBy(() -> OutputType.of(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("@(Past|Digits|Null|Pattern\\(flags\\)|Size).* on .*" + type.getSimpleName()
                        + ".* cannot be enforced.*");
    }

    @Test
    void theLimitsOfParametersAreRefused() {
        assertThatThrownBy(() -> Tool.of(Counter.class, (what, times) -> times))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("@Min on int times is not read there");
        assertThat(Tool.of(Plain.class, what -> 1)).hasSize(1);
    }
}
