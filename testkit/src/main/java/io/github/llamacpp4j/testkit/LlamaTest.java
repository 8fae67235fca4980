package io.github.llamacpp4j.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the methods and constructors of a test class what they ask for:
 *
 * <ul>
 *   <li>{@code Llama}: the bundled model, loaded once for all tests of the run
 *   <li>{@code @Scripted("answer") Llama}: a model that writes just that, of this test alone
 *   <li>{@code @Scripted("answer") Engine}: the same without native code, in bytes
 * </ul>
 *
 * Whatever is given is closed by the extension.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LlamaExtension.class)
public @interface LlamaTest {}
