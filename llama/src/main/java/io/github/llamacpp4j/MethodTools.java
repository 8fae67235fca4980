package io.github.llamacpp4j;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The methods of an interface as tools. */
final class MethodTools {

    private MethodTools() {}

    static <I> List<Tool> of(Class<I> type, I implementation) {
        if (!type.isInterface() || !type.isInstance(implementation)) {
            throw new IllegalArgumentException(
                    "expected an interface and an object that implements it, found " + type.getName());
        }
        List<Method> methods = Arrays.stream(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge())
                .sorted(Comparator.comparing(Method::getName))
                .toList();
        List<Tool> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Method method : methods) {
            String name = name(method, method.getName());
            if (!names.add(name)) {
                throw new IllegalArgumentException(
                        "two tools are called " + name + "; give one another name by @JsonProperty");
            }
            tools.add(tool(name, method, implementation));
        }
        if (tools.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " has no methods that could be tools");
        }
        return List.copyOf(tools);
    }

    private static Tool tool(String name, Method method, Object implementation) {
        method.trySetAccessible();
        Map<String, Type> members = new LinkedHashMap<>();
        Set<String> optional = new HashSet<>();
        for (Parameter parameter : method.getParameters()) {
            String member = name(parameter);
            MemberLimits.refuseAll(parameter);
            members.put(member, parameter.getParameterizedType());
            if (JavaSchemas.isOptional(parameter.getType(), parameter, parameter.getAnnotatedType())) {
                optional.add(member);
            }
        }
        ObjectNode schema = JavaSchemas.ofMembers(members, optional);
        for (Parameter parameter : method.getParameters()) {
            if (schema.path("properties").get(name(parameter)) instanceof ObjectNode described
                    && !description(parameter).isEmpty()) {
                described.put("description", description(parameter));
            }
        }
        return Tool.of(name, description(method), schema, text -> invoke(method, implementation, text));
    }

    private static @Nullable Object invoke(Method method, Object implementation, String text) throws Exception {
        JsonMapper mapper = JavaJson.mapper();
        JsonNode given = mapper.readTree(text);
        List<@Nullable Object> arguments = new ArrayList<>();
        for (Parameter parameter : method.getParameters()) {
            JsonNode value = given.path(name(parameter));
            arguments.add(mapper.treeToValue(
                    value.isMissingNode() ? mapper.nullNode() : value,
                    mapper.constructType(parameter.getParameterizedType())));
        }
        try {
            return method.invoke(implementation, arguments.toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    private static String name(Parameter parameter) {
        String fallback = parameter.isNamePresent() ? parameter.getName() : "";
        String name = name(parameter, fallback);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the parameters of " + parameter.getDeclaringExecutable()
                    + " have no names: compile with -parameters, or annotate them with @JsonProperty");
        }
        return name;
    }

    private static String name(AnnotatedElement element, String fallback) {
        JsonProperty given = element.getAnnotation(JsonProperty.class);
        return given == null || given.value().isEmpty() ? fallback : given.value();
    }

    private static String description(AnnotatedElement element) {
        JsonPropertyDescription given = element.getAnnotation(JsonPropertyDescription.class);
        return given == null ? "" : given.value();
    }
}
