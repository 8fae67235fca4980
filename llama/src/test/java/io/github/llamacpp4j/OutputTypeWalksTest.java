package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.llamacpp4j.grammar.GrammarCursor;
import io.github.llamacpp4j.grammar.TokenMask;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** Whatever the schema of a type lets through can be read as a value of that type. */
class OutputTypeWalksTest {

    private static final int END = 256;
    private static final int WALKS = Integer.getInteger("output.walks", 60);

    private final TokenVocabulary vocabulary = bytes();

    enum Level {
        LOW("l"),
        HIGH("h");

        private final String code;

        Level(String code) {
            this.code = code;
        }

        @JsonValue
        String code() {
            return code;
        }
    }

    enum Grade {
        ONE(1),
        TWO(2);

        private final int number;

        Grade(int number) {
            this.number = number;
        }

        @JsonValue
        int number() {
            return number;
        }
    }

    record Empty() {}

    record Pair<A, B>(A first, B second) {}

    record Deep(@Size(max = 2) Map<String, @Size(max = 2) List<Optional<Pair<Integer, Level>>>> values) {}

    record Tree(String label, @Nullable Tree left, Optional<Tree> right) {}

    record Family(
            String name,
            @Size(max = 2) List<Family> children,
            @Size(max = 1) Map<String, Family> friends) {}

    @SuppressWarnings("ArrayRecordComponent") // arrays are what is tested
    record Arrays(
            int[] numbers,
            byte[] bytes,
            String[] texts,
            long[][] grid,
            double[] fractions,
            boolean[] flags,
            short[] shorts,
            float[] floats,
            char[] letters,
            Level[] levels) {}

    record Numbers(
            BigDecimal amount,
            BigInteger big,
            float f,
            double d,
            short s,
            byte b,
            Integer boxed,
            Long whole,
            Number any,
            OptionalInt i,
            OptionalLong l,
            OptionalDouble x) {}

    record Letters(char letter, Character boxed, CharSequence sequence) {}

    record Clock(
            LocalDate date,
            LocalTime time,
            LocalDateTime both,
            Instant instant,
            OffsetDateTime offset,
            ZonedDateTime zoned,
            OffsetTime offsetTime,
            Duration duration,
            Period period,
            Year year,
            YearMonth yearMonth,
            MonthDay monthDay,
            DayOfWeek day,
            Month month,
            ZoneId zone,
            ZoneOffset zoneOffset) {}

    record Named(
            @JsonProperty("first-name") String first,
            @JsonProperty("größe") int size,
            @JsonIgnore String hidden,
            URI link,
            UUID id,
            Locale locale) {}

    record Keys(
            Map<Level, Integer> levels,
            EnumMap<Month, String> months,
            Map<Integer, String> numbers,
            Map<UUID, Boolean> ids,
            Map<LocalDate, String> dates) {}

    record Collections(
            Collection<String> collection,
            SortedSet<Integer> sorted,
            Deque<String> deque,
            EnumSet<Level> levels,
            SequencedMap<String, Grade> map) {}

    record Anything(Object object, JsonNode node, Map<String, Object> map, List<?> list) {}

    record Limited(
            @NotBlank String name,
            @NotEmpty @Size(max = 3) List<@Min(3) @Max(5) Integer> numbers,
            @Email String mail,
            @DecimalMin("0.5") @DecimalMax("1.5") double ratio,
            @Positive int count,
            @Pattern(regexp = "a|bc") String code,
            @Size(max = 3) Map<String, Integer> map) {}

    sealed interface Result<T> {
        record Ok<T>(T value) implements Result<T> {}

        record Failed<T>(String reason) implements Result<T> {}
    }

    record Both(Result<Integer> number, Result<List<Level>> levels) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Cat.class, name = "cat"),
        @JsonSubTypes.Type(value = Dog.class, name = "dog")
    })
    interface Animal {}

    record Cat(int lives) implements Animal {}

    record Dog(String name) implements Animal {}

    record Zoo(@Size(max = 2) List<Animal> animals, Animal first) {}

    static final class Bean {
        private String name = "";
        private int age;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public int getAge() {
            return age;
        }

        public void setAge(int age) {
            this.age = age;
        }
    }

    static final class Made {
        private final String name;

        @JsonCreator
        Made(@JsonProperty("name") String name) {
            this.name = name;
        }

        public String getName() {
            return name;
        }
    }

    record Holder(Bean bean, Made made) {}

    static List<TypeReference<?>> readable() {
        return List.of(
                type(Empty.class),
                new TypeReference<Pair<Integer, List<String>>>() {},
                type(Deep.class),
                type(Tree.class),
                type(Family.class),
                type(Arrays.class),
                type(Numbers.class),
                type(Letters.class),
                type(Clock.class),
                type(Named.class),
                type(Keys.class),
                type(Collections.class),
                type(Anything.class),
                type(Limited.class),
                type(Both.class),
                new TypeReference<Result<Grade>>() {},
                type(Zoo.class),
                type(Holder.class),
                type(Level.class),
                type(Grade.class),
                type(String.class),
                type(int.class),
                type(Boolean.class),
                type(int[].class),
                type(byte[].class),
                type(LocalDate.class),
                new TypeReference<List<Map<String, Optional<Level>>>>() {},
                new TypeReference<Optional<Level>>() {},
                new TypeReference<Map<Level, Grade>>() {});
    }

    private static TypeReference<?> type(Type type) {
        return new TypeReference<Object>() {
            @Override
            public Type getType() {
                return type;
            }
        };
    }

    @ParameterizedTest
    @MethodSource("readable")
    void whatTheSchemaLetsThroughIsRead(TypeReference<?> reference) {
        OutputType<?> type = OutputType.of(reference);
        Random random = new Random(7);
        int read = 0;
        for (int walk = 0; walk < WALKS; walk++) {
            Optional<String> text = walk(type, random);
            if (text.isPresent()) {
                assertThatCode(() -> type.decode(text.get()))
                        .as("%s for %s", text.get(), type)
                        .doesNotThrowAnyException();
                read++;
            }
        }
        assertThat(read).as("walks that came to an end for %s", type).isPositive();
    }

    private Optional<String> walk(OutputType<?> type, Random random) {
        GrammarCursor cursor =
                type.constraint().grammar(vocabulary).compile(vocabulary).cursor();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int step = 0; step < 4_000; step++) {
            TokenMask mask = cursor.mask();
            List<Integer> allowed = new ArrayList<>();
            List<Integer> closing = new ArrayList<>();
            for (int token = 0; token <= END; token++) {
                if (mask.allows(token)) {
                    allowed.add(token);
                    if ("\"]}".indexOf(token) >= 0) {
                        closing.add(token);
                    }
                }
            }
            if (mask.allows(END) && random.nextInt(3) > 0) {
                return Optional.of(text.toString(StandardCharsets.UTF_8));
            }
            List<Integer> from = !closing.isEmpty() && random.nextInt(100) < 25 + step / 20 ? closing : allowed;
            int token = from.get(random.nextInt(from.size()));
            if (token == END) {
                return Optional.of(text.toString(StandardCharsets.UTF_8));
            }
            cursor.accept(token);
            text.write(token);
        }
        return Optional.empty();
    }

    interface Open {}

    abstract static class Base {
        public int x;
    }

    record Odd(Open open) {}

    record Worse(List<Base> bases) {}

    record Callback(Runnable runnable) {}

    record Threaded(Thread thread) {}

    record Stuck(Stuck stuck) {}

    static final class Closed {
        private final int x;

        Closed(int x, int y) {
            this.x = x + y;
        }

        public int getX() {
            return x;
        }
    }

    record Wrapped(Closed closed) {}

    record Counted(@Size(min = 2) Map<String, Integer> map) {}

    @ParameterizedTest
    @MethodSource("unreadable")
    void aTypeThatCannotBeReadIsRefusedAtOnce(Class<?> type) {
        assertThatThrownBy(() -> OutputType.of(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    static List<Class<?>> unreadable() {
        return List.of(
                Odd.class,
                Worse.class,
                Callback.class,
                Threaded.class,
                Stuck.class,
                Wrapped.class,
                Counted.class,
                Open.class,
                Base.class,
                void.class,
                Class.class);
    }

    private static TokenVocabulary bytes() {
        byte[][] pieces = new byte[END + 1][];
        for (int i = 0; i < END; i++) {
            pieces[i] = new byte[] {(byte) i};
        }
        pieces[END] = "<end>".getBytes(StandardCharsets.UTF_8);
        return TokenVocabulary.of(pieces, id -> false, id -> id == END);
    }
}
