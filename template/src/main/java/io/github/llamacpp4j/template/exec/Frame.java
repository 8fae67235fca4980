package io.github.llamacpp4j.template.exec;

/**
 * A scope while it is being compiled.
 *
 * @param symbols its names
 * @param function the function it belongs to
 * @param topLevel whether what is set here is seen by blocks
 * @param soft whether it is a branch, where unknown filters are found out only when reached
 * @param inLoop whether {@code break} is allowed
 */
record Frame(Symbols symbols, FunctionScope function, boolean topLevel, boolean soft, boolean inLoop) {
    /** A branch of an {@code if} or conditional expression: the same scope. */
    Frame branch() {
        return new Frame(symbols, function, topLevel, true, inLoop);
    }

    /** A scope inside, in the same function. */
    Frame inner() {
        return new Frame(symbols.inner(function), function, false, false, inLoop);
    }

    /** A scope inside, in a function of its own. */
    Frame innerFunction() {
        FunctionScope inner = new FunctionScope(function);
        return new Frame(symbols.inner(inner), inner, false, false, false);
    }

    Frame looping() {
        return new Frame(symbols, function, topLevel, soft, true);
    }
}
