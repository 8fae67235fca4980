/**
 * Constrains what a model may write. Make a {@link io.github.llamacpp4j.grammar.Grammar} from GBNF, a JSON Schema, a regular
 * expression or a list of choices, compile it for a {@link io.github.llamacpp4j.grammar.TokenVocabulary}, and let a
 * {@link io.github.llamacpp4j.grammar.GrammarCursor} say after each token which tokens may come next.
 */
@NullMarked
package io.github.llamacpp4j.grammar;

import org.jspecify.annotations.NullMarked;
