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
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values that JSON writes as strings of a certain form. The forms are such that {@code java.time} reads every one of them: no
 * leap seconds, years of four digits, and in dates with a time no 29th of February.
 */
final class JavaTimeSchemas implements CustomDefinitionProviderV2 {

    private static final String DATE = "[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))";
    private static final String TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
    private static final String OFFSET = "(?:Z|[+-](?:0[0-9]|1[0-7]):[0-5][0-9])";
    private static final String CLOCK_PART =
            "T(?:[0-9]{1,5}H(?:[0-9]{1,2}M)?(?:[0-9]{1,2}S)?|[0-9]{1,5}M(?:[0-9]{1,2}S)?|[0-9]{1,6}S)";

    private static final Map<Class<?>, String> PATTERNS = Map.ofEntries(
            Map.entry(LocalTime.class, TIME),
            Map.entry(LocalDateTime.class, DATE + 'T' + TIME),
            Map.entry(Instant.class, DATE + 'T' + TIME + 'Z'),
            Map.entry(OffsetDateTime.class, DATE + 'T' + TIME + OFFSET),
            Map.entry(ZonedDateTime.class, DATE + 'T' + TIME + OFFSET),
            Map.entry(Duration.class, "P(?:[0-9]{1,5}D(?:" + CLOCK_PART + ")?|" + CLOCK_PART + ')'),
            Map.entry(Period.class, "P[0-9]{1,4}(?:Y|M|W|D)"),
            Map.entry(Year.class, "[0-9]{4}"),
            Map.entry(YearMonth.class, "[0-9]{4}-(?:0[1-9]|1[0-2])"),
            Map.entry(MonthDay.class, "--" + DATE.substring("[0-9]{4}-".length())));

    private static final Map<Class<?>, String> FORMATS =
            Map.of(LocalDate.class, "date", UUID.class, "uuid", URI.class, "uri");

    @Override
    public @Nullable CustomDefinition provideCustomSchemaDefinition(
            ResolvedType type, SchemaGenerationContext context) {
        String pattern = PATTERNS.get(type.getErasedType());
        String format = FORMATS.get(type.getErasedType());
        if (pattern == null && format == null) {
            return null;
        }
        ObjectNode schema = context.getGeneratorConfig().createObjectNode().put("type", "string");
        if (pattern != null) {
            schema.put("pattern", "^(?:" + pattern + ")$");
        } else {
            schema.put("format", format);
        }
        return new CustomDefinition(
                schema, CustomDefinition.DefinitionType.INLINE, CustomDefinition.AttributeInclusion.YES);
    }
}
