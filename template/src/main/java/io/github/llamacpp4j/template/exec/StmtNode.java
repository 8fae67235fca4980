package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.StrBuilder;

/** A compiled statement. Immutable, shared by all renderings. */
abstract class StmtNode {
    /** How a statement ended. */
    enum Outcome {
        /** Go on with the next. */
        NEXT,
        /** Leave the loop. */
        BREAK,
        /** Go on with the loop's next item. */
        CONTINUE
    }

    /** Runs it, printing to {@code out}. */
    abstract Outcome run(Activation a, StrBuilder out);
}
