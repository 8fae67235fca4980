package io.github.llamacpp4j.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.annotation.Annotation;

/** The class's package carries the null-marking annotation. */
final class InNullMarkedPackage extends ArchCondition<JavaClass> {

    private final Class<? extends Annotation> marker;

    InNullMarkedPackage(Class<? extends Annotation> marker) {
        super("be in a package marked with @" + marker.getSimpleName());
        this.marker = marker;
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        if (!type.getPackage().isAnnotatedWith(marker)) {
            events.add(SimpleConditionEvent.violated(type, type.getName() + " is in an unmarked package"));
        }
    }
}
