package io.github.llamacpp4j;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values of the JDK that JSON writes in a certain form. The forms are such that Jackson reads every one of them: no leap seconds,
 * years of four digits, and in dates with a time no 29th of February.
 */
final class ValueSchemas implements CustomDefinitionProviderV2 {

    private static final String DATE = "[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))";
    private static final String TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
    private static final String OFFSET = "(?:Z|[+-](?:0[0-9]|1[0-7]):[0-5][0-9])";
    private static final String CLOCK_PART =
            "T(?:[0-9]{1,5}H(?:[0-9]{1,2}M)?(?:[0-9]{1,2}S)?|[0-9]{1,5}M(?:[0-9]{1,2}S)?|[0-9]{1,6}S)";
    private static final String CHARACTER = "[\\u0020-\\ud7ff\\ue000-\\uffff]";
    private static final String BASE_64 =
            "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?";

    private static final Map<Class<?>, ObjectNode> SCHEMAS = Map.ofEntries(
            Map.entry(LocalDate.class, format("date")),
            Map.entry(LocalTime.class, pattern(TIME)),
            Map.entry(LocalDateTime.class, pattern(DATE + 'T' + TIME)),
            Map.entry(Instant.class, pattern(DATE + 'T' + TIME + 'Z')),
            Map.entry(OffsetTime.class, pattern(TIME + OFFSET)),
            Map.entry(OffsetDateTime.class, pattern(DATE + 'T' + TIME + OFFSET)),
            Map.entry(ZonedDateTime.class, pattern(DATE + 'T' + TIME + OFFSET)),
            Map.entry(ZoneOffset.class, pattern(OFFSET)),
            Map.entry(ZoneId.class, zones()),
            Map.entry(Duration.class, pattern("P(?:[0-9]{1,5}D(?:" + CLOCK_PART + ")?|" + CLOCK_PART + ')')),
            Map.entry(Period.class, pattern("P[0-9]{1,4}(?:Y|M|W|D)")),
            Map.entry(Year.class, pattern("[0-9]{4}")),
            Map.entry(YearMonth.class, pattern("[0-9]{4}-(?:0[1-9]|1[0-2])")),
            Map.entry(MonthDay.class, pattern("--" + DATE.substring("[0-9]{4}-".length()))),
            Map.entry(UUID.class, format("uuid")),
            Map.entry(URI.class, format("uri")),
            Map.entry(Locale.class, pattern("[a-z]{2}(?:-[A-Z]{2})?")),
            Map.entry(char.class, pattern(CHARACTER)),
            Map.entry(Character.class, pattern(CHARACTER)),
            Map.entry(char[].class, type("string")),
            Map.entry(byte[].class, pattern(BASE_64)),
            Map.entry(byte.class, whole(Byte.MIN_VALUE, Byte.MAX_VALUE)),
            Map.entry(Byte.class, whole(Byte.MIN_VALUE, Byte.MAX_VALUE)),
            Map.entry(OptionalInt.class, whole(Integer.MIN_VALUE, Integer.MAX_VALUE)),
            Map.entry(OptionalLong.class, whole(Long.MIN_VALUE, Long.MAX_VALUE)),
            Map.entry(OptionalDouble.class, type("number")),
            Map.entry(JsonNode.class, JsonNodeFactory.instance.objectNode()));

    /** Whether the form of this class is known. */
    static boolean has(Class<?> type) {
        return SCHEMAS.containsKey(type) || type == Optional.class;
    }

    /** The form of this class, if it is known and a string. */
    static Optional<ObjectNode> ofString(Class<?> type) {
        return Optional.ofNullable(SCHEMAS.get(type))
                .filter(schema -> schema.path("type").asString("").equals("string"))
                .map(ObjectNode::deepCopy);
    }

    @Override
    public @Nullable CustomDefinition provideCustomSchemaDefinition(
            ResolvedType type, SchemaGenerationContext context) {
        Class<?> erased = type.getErasedType();
        ObjectNode known = SCHEMAS.get(erased);
        if (known != null) {
            return inline(known.deepCopy());
        }
        return erased == Optional.class ? inline(optional(type, context)) : null;
    }

    /** An element or a value of a map; an optional member has the schema of its value. */
    private static ObjectNode optional(ResolvedType type, SchemaGenerationContext context) {
        ResolvedType value = context.getTypeContext().getTypeParameterFor(type, Optional.class, 0);
        ObjectNode schema = context.getGeneratorConfig().createObjectNode();
        ArrayNode options = schema.putArray("anyOf");
        options.add(
                value == null
                        ? context.getGeneratorConfig().createObjectNode()
                        : context.createDefinitionReference(value));
        options.addObject().put("type", "null");
        return schema;
    }

    private static CustomDefinition inline(ObjectNode schema) {
        return new CustomDefinition(
                schema, CustomDefinition.DefinitionType.INLINE, CustomDefinition.AttributeInclusion.YES);
    }

    private static ObjectNode type(String name) {
        return JsonNodeFactory.instance.objectNode().put("type", name);
    }

    private static ObjectNode pattern(String pattern) {
        return type("string").put("pattern", "^(?:" + pattern + ")$");
    }

    private static ObjectNode format(String format) {
        return type("string").put("format", format);
    }

    private static ObjectNode whole(long least, long most) {
        return type("integer").put("minimum", least).put("maximum", most);
    }

    private static ObjectNode zones() {
        ObjectNode schema = type("string");
        ArrayNode names = schema.putArray("enum");
        new TreeSet<>(ZoneId.getAvailableZoneIds()).forEach(names::add);
        return schema;
    }
}
