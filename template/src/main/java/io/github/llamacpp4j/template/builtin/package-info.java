/** Jinja's filters, tests and globals, and the methods of Python's built-in types. */
@NullMarked
package io.github.llamacpp4j.template.builtin;

import org.jspecify.annotations.NullMarked;
