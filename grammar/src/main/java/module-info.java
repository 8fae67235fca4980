/** Constrained generation: GBNF, JSON Schema, regular expressions and choice lists as token masks, in pure Java. */
module io.github.llamacpp4j.grammar {
    requires static transitive org.jspecify;

    exports io.github.llamacpp4j.grammar;
}
