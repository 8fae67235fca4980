/**
 * What the project's own tests share: {@link io.github.llamacpp4j.testkit.base.TestModels} and
 * {@link io.github.llamacpp4j.testkit.base.TinyLlama} for models,
 * {@link io.github.llamacpp4j.testkit.base.ForkedJvm} for code that may end its JVM. Not published, and no named module:
 * tests run on the class path.
 */
@NullMarked
package io.github.llamacpp4j.testkit.base;

import org.jspecify.annotations.NullMarked;
