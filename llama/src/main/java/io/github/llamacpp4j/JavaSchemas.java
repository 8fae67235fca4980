package io.github.llamacpp4j;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.generator.TypeScope;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import com.github.victools.jsonschema.module.jackson.JsonPropertySorter;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Java types as JSON Schemas, such that {@link JavaJson} can read whatever satisfies them. Members are required unless they are
 * optional or marked {@code @Nullable}; numbers stay in the range of their type; objects are closed.
 */
final class JavaSchemas {

    private static final List<Class<?>> OPTIONALS =
            List.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    private JavaSchemas() {}

    static ObjectNode of(Type type) {
        return generator().generateSchema(type);
    }

    /** The schema of an object with members of these types. */
    static ObjectNode ofMembers(Map<String, Type> members, Set<String> optional) {
        ObjectNode schema = JavaJson.mapper().createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        var builder = generator().buildMultipleSchemaDefinitions();
        members.forEach((name, type) -> {
            properties.set(name, builder.createSchemaReference(type));
            if (!optional.contains(name)) {
                required.add(name);
            }
        });
        ObjectNode definitions = builder.collectDefinitions("$defs");
        if (!definitions.isEmpty()) {
            schema.set("$defs", definitions);
        }
        return schema.put("additionalProperties", false);
    }

    /** A new one each time, because a generator is not thread-safe. */
    private static SchemaGenerator generator() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .without(Option.SCHEMA_VERSION_INDICATOR)
                .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
                .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
                .with(Option.FLATTENED_OPTIONALS)
                .with(Option.PLAIN_DEFINITION_KEYS)
                .with(new JacksonSchemaModule(JacksonOption.RESPECT_JSONPROPERTY_ORDER))
                .with(new JakartaValidationModule());
        config.forFields()
                .withInstanceAttributeOverride(MemberLimits::limit)
                .withRequiredCheck(field -> !isOptional(field))
                .withNullableCheck(field -> false);
        config.forTypesInGeneral()
                .withPropertySorter(new JsonPropertySorter(false))
                .withArrayUniqueItemsResolver(MemberLimits::areUnique)
                .withNumberInclusiveMinimumResolver(scope -> bound(scope, false))
                .withNumberInclusiveMaximumResolver(scope -> bound(scope, true))
                .withCustomDefinitionProvider(new ReadableTypes())
                .withCustomDefinitionProvider(new EnumSchemas())
                .withCustomDefinitionProvider(new ValueSchemas())
                .withSubtypeResolver(JavaSchemas::permitted)
                .withTypeAttributeOverride(JavaSchemas::discriminate)
                .withTypeAttributeOverride(MapKeys::limit);
        return new SchemaGenerator(config.build());
    }

    private static boolean isOptional(FieldScope scope) {
        Field field = scope.getRawMember();
        return isOptional(field.getType(), field, field.getAnnotatedType());
    }

    /** Whether a member of this type may be left out: it is an {@code Optional}, or something of it is {@code @Nullable}. */
    static boolean isOptional(Class<?> type, AnnotatedElement... annotated) {
        return OPTIONALS.contains(type) || Arrays.stream(annotated).anyMatch(JavaSchemas::hasNullable);
    }

    private static boolean hasNullable(AnnotatedElement element) {
        return Arrays.stream(element.getAnnotations())
                .map(Annotation::annotationType)
                .anyMatch(type -> type.getSimpleName().equals("Nullable"));
    }

    private static @Nullable BigDecimal bound(TypeScope scope, boolean upper) {
        Class<?> type = scope.getType().getErasedType();
        if (type == short.class || type == Short.class) {
            return BigDecimal.valueOf(upper ? Short.MAX_VALUE : Short.MIN_VALUE);
        }
        if (type == int.class || type == Integer.class) {
            return BigDecimal.valueOf(upper ? Integer.MAX_VALUE : Integer.MIN_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return BigDecimal.valueOf(upper ? Long.MAX_VALUE : Long.MIN_VALUE);
        }
        return null;
    }

    private static @Nullable List<ResolvedType> permitted(ResolvedType declared, SchemaGenerationContext context) {
        Class<?> type = declared.getErasedType();
        if (!SealedTypes.isDiscriminated(type)) {
            return null;
        }
        return SealedTypes.leaves(type).stream()
                .map(leaf -> context.getTypeContext().resolveSubtype(declared, leaf))
                .toList();
    }

    /** Puts the member that names the type in front of a discriminated type's own. */
    private static void discriminate(ObjectNode schema, TypeScope scope, SchemaGenerationContext context) {
        Class<?> type = scope.getType().getErasedType();
        if (!SealedTypes.isLeaf(type) || !"object".equals(schema.path("type").asString(""))) {
            return;
        }
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        schema.path("properties").forEachEntry(properties::put);
        ObjectNode named = schema.putObject("properties");
        named.putObject(SealedTypes.PROPERTY).put("const", SealedTypes.name(type));
        properties.forEach(named::set);
        JsonNode required = schema.path("required");
        ArrayNode all = schema.putArray("required").add(SealedTypes.PROPERTY);
        required.forEach(all::add);
    }
}
