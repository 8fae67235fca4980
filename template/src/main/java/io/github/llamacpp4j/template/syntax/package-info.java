/** From template source to syntax tree: lexer and parser. */
@NullMarked
package io.github.llamacpp4j.template.syntax;

import org.jspecify.annotations.NullMarked;
