package io.github.llamacpp4j.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ArgumentSchemaTest {

    /** Looked at once for each of its references, this would take 40 to the 8th looks. */
    @Test
    void aSchemaThatListsItselfManyTimesIsLookedAtOnce() {
        Map<String, Object> self = Map.of("$ref", "#/properties/value");
        Map<String, @Nullable Object> parameters =
                Map.of("properties", Map.of("value", Map.of("anyOf", Collections.nCopies(40, self))));
        ArgumentSchema value = ArgumentSchema.of(parameters).member("value");
        assertThat(value.types()).isEqualTo(ArgumentTypes.ANY);
        assertThat(value.member("missing").schema()).isNull();
        assertThat(value.items().schema()).isNull();
    }

    @Test
    void whatASchemaRefersToCountsOnceBesideTheRest() {
        Map<String, @Nullable Object> parameters = Map.of(
                "properties",
                Map.of("value", Map.of("anyOf", List.of(Map.of("type", "string"), Map.of("$ref", "#/$defs/list")))),
                "$defs",
                Map.of("list", Map.of("type", "array", "items", Map.of("$ref", "#/properties/value"))));
        ArgumentSchema value = ArgumentSchema.of(parameters).member("value");
        assertThat(value.types().allowsString()).isTrue();
        assertThat(value.types().allows(ArgumentTypes.Kind.ARRAY)).isTrue();
        assertThat(value.types().allows(ArgumentTypes.Kind.NUMBER)).isFalse();
        assertThat(value.items().types().allowsString()).isTrue();
    }
}
