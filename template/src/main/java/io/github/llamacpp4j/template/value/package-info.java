/** The Python values a template computes with: text with provenance, numbers, containers, and the operations on them. */
@NullMarked
package io.github.llamacpp4j.template.value;

import org.jspecify.annotations.NullMarked;
