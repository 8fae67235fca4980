package io.github.llamacpp4j.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What the model behind a parameter of a test writes: one answer after the other, the last one for ever. See
 * {@link LlamaTest}.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Scripted {

    /** The answers. */
    String[] value();
}
