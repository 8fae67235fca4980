package io.github.llamacpp4j.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** No type of {@code java.lang.foreign} as parameter or result. */
final class NoNativeTypes extends ArchCondition<JavaMethod> {

    NoNativeTypes() {
        super("have no type of java.lang.foreign in their signature");
    }

    @Override
    public void check(JavaMethod method, ConditionEvents events) {
        Stream.concat(method.getRawParameterTypes().stream(), Stream.of(method.getRawReturnType()))
                .map(JavaClass::getBaseComponentType)
                .filter(type -> type.getPackageName().equals("java.lang.foreign"))
                .forEach(type -> events.add(
                        SimpleConditionEvent.violated(method, method.getFullName() + " shows " + type.getName())));
    }
}
