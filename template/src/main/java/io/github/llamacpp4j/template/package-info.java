/**
 * Jinja chat templates rendered exactly as transformers does. Start with {@link io.github.llamacpp4j.template.Template}:
 * parse once, render often; {@link io.github.llamacpp4j.template.TemplateOptions} holds the limits.
 */
@NullMarked
package io.github.llamacpp4j.template;

import org.jspecify.annotations.NullMarked;
