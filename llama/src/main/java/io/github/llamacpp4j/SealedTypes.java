package io.github.llamacpp4j;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Sealed types that JSON tells apart by a member {@value #PROPERTY} with the name of the type: those that do not say otherwise by
 * {@link JsonTypeInfo}. Those of the JDK are none of them.
 */
final class SealedTypes {

    static final String PROPERTY = "type";

    private SealedTypes() {}

    static boolean isDiscriminated(Class<?> type) {
        return type.isSealed()
                && !type.isEnum()
                && !type.isAnnotationPresent(JsonTypeInfo.class)
                && !type.getName().startsWith("java.");
    }

    /** Whether the type is one of those that a discriminated type stands for. */
    static boolean isLeaf(Class<?> type) {
        return !type.isSealed() && !type.isEnum() && hasDiscriminated(type);
    }

    private static boolean hasDiscriminated(Class<?> type) {
        for (Class<?> parent : parents(type)) {
            if (isDiscriminated(parent) || hasDiscriminated(parent)) {
                return true;
            }
        }
        return false;
    }

    private static List<Class<?>> parents(Class<?> type) {
        List<Class<?>> parents = new ArrayList<>(List.of(type.getInterfaces()));
        Class<?> superclass = type.getSuperclass();
        if (superclass != null) {
            parents.add(superclass);
        }
        return parents;
    }

    /** The types that can be made, in the order in which they are declared. */
    static List<Class<?>> leaves(Class<?> sealed) {
        List<Class<?>> leaves = new ArrayList<>();
        Deque<Class<?>> work = new ArrayDeque<>(List.of(sealed));
        while (!work.isEmpty()) {
            Class<?> type = work.removeFirst();
            if (type.isSealed()) {
                List<Class<?>> permitted = List.of(type.getPermittedSubclasses());
                permitted.reversed().forEach(work::addFirst);
            } else if (!leaves.contains(type)) {
                leaves.add(type);
            }
        }
        return leaves;
    }

    static String name(Class<?> type) {
        JsonTypeName given = type.getAnnotation(JsonTypeName.class);
        return given == null || given.value().isEmpty() ? type.getSimpleName() : given.value();
    }
}
