/** From syntax tree to running template: scoping, compiled nodes, macros and loops. */
@NullMarked
package io.github.llamacpp4j.template.exec;

import org.jspecify.annotations.NullMarked;
