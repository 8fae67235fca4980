package io.github.llamacpp4j;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.InvalidDefinitionException;

/** Refuses the types that {@link JavaJson} cannot make from any JSON, wherever they stand in a type. */
final class ReadableTypes implements CustomDefinitionProviderV2 {

    private static final Set<Class<?>> PLAIN = Set.of(
            Object.class,
            String.class,
            CharSequence.class,
            Boolean.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Number.class,
            BigDecimal.class,
            BigInteger.class);

    @Override
    public @Nullable CustomDefinition provideCustomSchemaDefinition(
            ResolvedType type, SchemaGenerationContext context) {
        Class<?> erased = type.getErasedType();
        if (isWritten(erased)) {
            return null;
        }
        if (erased == void.class || isOfTheJdk(erased)) {
            throw refused(erased, "JSON has no form for it");
        }
        try {
            JavaJson.mapper().readValue("{}", erased);
        } catch (InvalidDefinitionException e) {
            throw refused(erased, e.getOriginalMessage());
        } catch (JacksonException e) {
            return null; // of a type that can be read, but not from an empty object
        }
        return null;
    }

    private static boolean isWritten(Class<?> type) {
        return PLAIN.contains(type)
                || ValueSchemas.has(type)
                || (type.isPrimitive() && type != void.class)
                || type.isEnum()
                || type.isArray()
                || JsonNode.class.isAssignableFrom(type)
                || Collection.class.isAssignableFrom(type)
                || Map.class.isAssignableFrom(type);
    }

    private static boolean isOfTheJdk(Class<?> type) {
        return type.getName().startsWith("java.") || type.getName().startsWith("javax.");
    }

    private static IllegalArgumentException refused(Class<?> type, String reason) {
        return new IllegalArgumentException(
                "expected records, enums, sealed interfaces, lists, maps, java.time, numbers, strings and booleans, found "
                        + type.getTypeName() + ": " + reason);
    }
}
