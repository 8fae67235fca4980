package io.github.llamacpp4j.grammar;

import java.util.List;
import java.util.Objects;

/**
 * A JSON Schema as a grammar, with what the grammar does not enforce. Immutable and safe for use by several threads.
 *
 * @param grammar the texts that may be written
 * @param unenforced keywords to be checked on the finished text; always empty unless
 *     {@link SchemaOptions#validateAfterwards()} is set
 */
public record SchemaGrammar(Grammar grammar, List<UnenforcedKeyword> unenforced) {
    /** Copies the list. */
    public SchemaGrammar {
        Objects.requireNonNull(grammar, "grammar");
        unenforced = List.copyOf(unenforced);
    }

    /**
     * A keyword that the grammar leaves to a validator.
     *
     * @param pointer the JSON pointer of the schema that has the keyword
     * @param keyword the keyword
     * @param reason why it cannot be enforced
     */
    public record UnenforcedKeyword(String pointer, String keyword, String reason) {
        /** Checks that nothing is missing. */
        public UnenforcedKeyword {
            Objects.requireNonNull(pointer, "pointer");
            Objects.requireNonNull(keyword, "keyword");
            Objects.requireNonNull(reason, "reason");
        }
    }
}
