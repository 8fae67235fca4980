package io.github.llamacpp4j.cli;

/**
 * What {@code doctor} found out about one thing.
 *
 * @param check the thing, a stable word for programs
 * @param verdict how it stands
 * @param detail what was found
 * @param remedy what to do; empty when nothing is to be done
 */
record Finding(String check, Verdict verdict, String detail, String remedy) {

    /** How a thing stands. */
    enum Verdict {
        /** As it should be. */
        OK,
        /** It works, but something could be better. */
        WARNING,
        /** Models cannot run. */
        FAILED,
        /** Not known, because something before it failed. */
        SKIPPED
    }

    static Finding ok(String check, String detail) {
        return new Finding(check, Verdict.OK, detail, "");
    }

    static Finding warning(String check, String detail, String remedy) {
        return new Finding(check, Verdict.WARNING, detail, remedy);
    }

    static Finding failed(String check, String detail, String remedy) {
        return new Finding(check, Verdict.FAILED, detail, remedy);
    }

    static Finding skipped(String check, String detail) {
        return new Finding(check, Verdict.SKIPPED, detail, "");
    }
}
