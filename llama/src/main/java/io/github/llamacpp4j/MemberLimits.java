package io.github.llamacpp4j;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MethodScope;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.TypeScope;
import jakarta.validation.Constraint;
import jakarta.validation.constraints.AssertFalse;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Negative;
import jakarta.validation.constraints.NegativeOrZero;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Parameter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Limits that Jakarta Validation sets to members: those that the schema generator's own module passes over are written into the schema, and
 * those that no schema can say are refused.
 */
final class MemberLimits {

    private static final int MOST_DIFFERENT = 10;
    private static final String NOT_BLANK = "\\S";
    private static final String CHECK_LATER =
            " cannot be enforced while the model writes; leave it out and check the value afterwards";
    private static final String TAKE_A_RECORD = " is not read there; let the tool take a record that has it";

    private static final Set<Class<? extends Annotation>> ENFORCED = Set.of(
            AssertFalse.class,
            AssertTrue.class,
            DecimalMax.class,
            DecimalMin.class,
            Email.class,
            Max.class,
            Min.class,
            Negative.class,
            NegativeOrZero.class,
            NotBlank.class,
            NotEmpty.class,
            NotNull.class,
            Pattern.class,
            Pattern.List.class,
            Positive.class,
            PositiveOrZero.class,
            Size.class);

    private MemberLimits() {}

    /** Adds the patterns of a member or of its elements, and refuses limits that nobody would keep. */
    static void limit(ObjectNode schema, FieldScope field, SchemaGenerationContext context) {
        if (!field.isFakeContainerItemScope()) {
            refuseUnknown(field.getRawMember(), field.getRawMember().getAnnotatedType());
            MethodScope getter = field.findGetter();
            if (getter != null) {
                refuseUnknown(getter.getRawMember(), getter.getRawMember().getAnnotatedReturnType());
            }
        }
        boolean mayRepeat = Set.class.isAssignableFrom(field.getType().getErasedType()) && !isOfFewValues(field);
        if (mayRepeat && schema.path("minItems").asInt(0) > 1) {
            throw refused(field.getRawMember(), "@Size(min) of a set whose elements could repeat each other");
        }
        List<String> patterns = patterns(field);
        if (!patterns.isEmpty()) {
            schema.put("pattern", patterns.getFirst());
        }
        if (patterns.size() > 1) {
            ArrayNode all = schema.putArray("allOf");
            patterns.stream().skip(1).forEach(pattern -> all.addObject().put("pattern", pattern));
        }
    }

    /** Whether elements are told apart while they are written, as far as that can be done. */
    static @Nullable Boolean areUnique(TypeScope scope) {
        boolean unique = Set.class.isAssignableFrom(scope.getType().getErasedType()) && isOfFewValues(scope);
        return unique ? Boolean.TRUE : null;
    }

    private static boolean isOfFewValues(TypeScope scope) {
        List<ResolvedType> parameters = scope.getType().typeParametersFor(Set.class);
        Object[] constants = parameters == null || parameters.isEmpty()
                ? null
                : parameters.getFirst().getErasedType().getEnumConstants();
        return constants != null && constants.length <= MOST_DIFFERENT;
    }

    /** Jakarta Validation matches the whole text, JSON Schema any part of it. */
    private static List<String> patterns(FieldScope field) {
        Pattern one = find(field, Pattern.class);
        Pattern.List several = find(field, Pattern.List.class);
        List<String> patterns = new ArrayList<>();
        Stream.concat(Stream.ofNullable(one), several == null ? Stream.of() : Arrays.stream(several.value()))
                .forEach(pattern -> {
                    if (pattern.flags().length > 0) {
                        throw refused(field.getRawMember(), "@Pattern(flags)");
                    }
                    patterns.add("^(?:" + pattern.regexp() + ")$");
                });
        if (find(field, NotBlank.class) != null) {
            patterns.add(NOT_BLANK);
        }
        return patterns;
    }

    private static <A extends Annotation> @Nullable A find(FieldScope field, Class<A> type) {
        return field.isFakeContainerItemScope()
                ? field.getContainerItemAnnotationConsideringFieldAndGetterIfSupported(type)
                : field.getAnnotationConsideringFieldAndGetterIfSupported(type);
    }

    private static void refuseUnknown(AnnotatedElement member, AnnotatedType type) {
        refuse(member, member, ENFORCED, CHECK_LATER);
        Deque<AnnotatedType> parts = new ArrayDeque<>(List.of(type));
        while (!parts.isEmpty()) {
            AnnotatedType part = parts.pop();
            refuse(member, part, ENFORCED, CHECK_LATER);
            if (part instanceof AnnotatedParameterizedType generic) {
                parts.addAll(List.of(generic.getAnnotatedActualTypeArguments()));
            } else if (part instanceof AnnotatedArrayType array) {
                parts.add(array.getAnnotatedGenericComponentType());
            }
        }
    }

    /**
     * Refuses the limits of a parameter but those that say nothing new.
     *
     * @throws IllegalArgumentException if there is one
     */
    static void refuseAll(Parameter parameter) {
        refuse(parameter, parameter, Set.of(NotNull.class), TAKE_A_RECORD);
        refuse(parameter, parameter.getAnnotatedType(), Set.of(NotNull.class), TAKE_A_RECORD);
    }

    private static void refuse(
            AnnotatedElement named,
            AnnotatedElement annotated,
            Set<Class<? extends Annotation>> enforced,
            String remedy) {
        for (Annotation annotation : annotated.getAnnotations()) {
            Class<? extends Annotation> type = annotation.annotationType();
            Class<?> limit = type.getSimpleName().equals("List") && type.getEnclosingClass() != null
                    ? type.getEnclosingClass()
                    : type;
            if (limit.isAnnotationPresent(Constraint.class) && !enforced.contains(type)) {
                throw new IllegalArgumentException("@" + limit.getSimpleName() + " on " + named + remedy);
            }
        }
    }

    private static IllegalArgumentException refused(AnnotatedElement member, String limit) {
        return new IllegalArgumentException(limit + " on " + member + CHECK_LATER);
    }
}
