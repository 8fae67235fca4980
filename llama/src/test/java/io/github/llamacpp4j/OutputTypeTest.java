package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javaparts.Part;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;

class OutputTypeTest {

    enum Colour {
        RED,
        @JsonProperty("light-green")
        GREEN
    }

    sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    record Box(int width, int height) implements Shape {}

    record Person(
            @JsonPropertyDescription("Given name") @Size(min = 1, max = 20)
            String name,

            @Min(0) @Max(150) int age,
            Optional<String> email,
            @Nullable Integer shoeSize) {}

    record Node(String label, List<Node> children) {}

    record Everything(
            Colour colour,
            Shape shape,
            List<Person> people,
            Map<String, Integer> counts,
            Set<String> tags,
            @Pattern(regexp = "[A-Z]{2}[0-9]") String code,
            boolean flag,
            BigDecimal amount,
            UUID id,
            URI link) {}

    record Times(
            LocalDate date,
            LocalTime time,
            LocalDateTime both,
            Instant instant,
            OffsetDateTime offset,
            Duration duration) {}

    private static boolean accepts(OutputType<?> type, String json) {
        CompiledGrammar grammar =
                type.constraint().grammar(TokenVocabulary.empty()).compile(TokenVocabulary.empty());
        return grammar.match(json).isAccepted();
    }

    @Test
    void aRecordIsAClosedObjectInDeclaredOrder() {
        OutputType<Person> type = OutputType.of(Person.class);
        assertThat(accepts(type, "{\"name\": \"Anna\", \"age\": 31}")).isTrue();
        assertThat(accepts(type, "{\"name\": \"Anna\", \"age\": 31, \"email\": \"a@b.c\", \"shoeSize\": 39}"))
                .isTrue();
        assertThat(accepts(type, "{\"age\": 31, \"name\": \"Anna\"}")).isFalse();
        assertThat(accepts(type, "{\"name\": \"Anna\"}")).isFalse();
        assertThat(accepts(type, "{\"name\": \"Anna\", \"age\": 31, \"other\": 1}"))
                .isFalse();
        assertThat(type.decode("{\"name\": \"Anna\", \"age\": 31}"))
                .isEqualTo(new Person("Anna", 31, Optional.empty(), null));
    }

    @Test
    void validationAnnotationsAndDescriptionsReachTheSchema() {
        OutputType<Person> type = OutputType.of(Person.class);
        assertThat(accepts(type, "{\"name\": \"Anna\", \"age\": 151}")).isFalse();
        assertThat(accepts(type, "{\"name\": \"\", \"age\": 1}")).isFalse();
        assertThat(type.schema().at("/properties/name/description").asString(""))
                .isEqualTo("Given name");
    }

    @Test
    void numbersStayInTheRangeOfTheirType() {
        OutputType<List<Integer>> type = OutputType.of(new TypeReference<>() {});
        assertThat(accepts(type, "[2147483647, -2147483648]")).isTrue();
        assertThat(accepts(type, "[2147483648]")).isFalse();
    }

    @Test
    void sealedTypesAreToldApartByTheirName() {
        OutputType<Shape> type = OutputType.of(Shape.class);
        assertThat(accepts(type, "{\"type\": \"Circle\", \"radius\": 1.5}")).isTrue();
        assertThat(accepts(type, "{\"type\": \"Box\", \"radius\": 1.5}")).isFalse();
        assertThat(type.decode("{\"type\": \"Circle\", \"radius\": 1.5}")).isEqualTo(new Circle(1.5));
        assertThat(type.decode("{\"type\": \"Box\", \"width\": 2, \"height\": 3}"))
                .isEqualTo(new Box(2, 3));
    }

    @Test
    void everythingNestsAndIsReadBack() {
        OutputType<Everything> type = OutputType.of(Everything.class);
        String json = """
                {"colour": "light-green", "shape": {"type": "Box", "width": 2, "height": 3},\
                 "people": [{"name": "Anna", "age": 31}], "counts": {"a": 1}, "tags": ["x"], "code": "AB1", "flag": true,\
                 "amount": 1.50, "id": "123e4567-e89b-12d3-a456-426614174000", "link": "https://example.org/a"}""";
        assertThat(accepts(type, json)).isTrue();
        Everything value = type.decode(json);
        assertThat(value.colour()).isEqualTo(Colour.GREEN);
        assertThat(value.shape()).isEqualTo(new Box(2, 3));
        assertThat(value.people()).containsExactly(new Person("Anna", 31, Optional.empty(), null));
        assertThat(value.counts()).containsExactly(Map.entry("a", 1));
        assertThat(value.amount()).isEqualByComparingTo("1.5");
        assertThat(accepts(type, json.replace("AB1", "ab1"))).isFalse();
        assertThat(accepts(type, json.replace("AB1", "xAB1"))).isFalse();
        assertThat(accepts(type, json.replace("light-green", "GREEN"))).isFalse();
    }

    @Test
    void recursiveTypesWork() {
        OutputType<Node> type = OutputType.of(Node.class);
        String json = "{\"label\": \"a\", \"children\": [{\"label\": \"b\", \"children\": []}]}";
        assertThat(accepts(type, json)).isTrue();
        assertThat(type.decode(json)).isEqualTo(new Node("a", List.of(new Node("b", List.of()))));
    }

    @Test
    void timesAreWrittenSoThatTheyCanBeRead() {
        OutputType<Times> type = OutputType.of(Times.class);
        String json = """
                {"date": "2024-02-29", "time": "23:59:59", "both": "2024-12-31T00:00:00", "instant": "2024-06-30T12:00:00Z",\
                 "offset": "2024-06-30T12:00:00+02:00", "duration": "P1DT2H"}""";
        assertThat(accepts(type, json)).isTrue();
        assertThat(type.decode(json).duration()).isEqualTo(Duration.ofHours(26));
        assertThat(accepts(type, json.replace("2024-12-31T", "2024-13-31T"))).isFalse();
        assertThat(accepts(type, json.replace("23:59:59", "24:00:00"))).isFalse();
        assertThat(accepts(type, json.replace("\"P1DT2H\"", "\"P\""))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"Anna\"",
                "[]",
                "null",
                "{\"name\": \"Anna\", \"age\": 1} x",
                "{\"name\": \"A\", \"age\": 1e99999999999999}"
            })
    void whatIsNoValueIsATypedErrorWithTheText(String json) {
        assertThatThrownBy(() -> OutputType.of(Person.class).decode(json))
                .isInstanceOfSatisfying(TypedOutputException.class, e -> {
                    assertThat(e.kind()).isEqualTo(TypedOutputException.Kind.UNREADABLE);
                    assertThat(e.text()).isEqualTo(json);
                });
    }

    @Test
    void aPackageMayBeginLikeThoseOfTheJdk() {
        OutputType<Part> type = OutputType.of(Part.class);
        assertThat(type.decode("{\"name\": \"wheel\"}")).isEqualTo(new Part("wheel"));
    }
}
