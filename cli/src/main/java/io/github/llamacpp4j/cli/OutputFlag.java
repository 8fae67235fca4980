package io.github.llamacpp4j.cli;

import picocli.CommandLine.Option;

/** For whom the answer is. */
final class OutputFlag {

    /** The forms of an answer. */
    enum Form {
        /** For a person. */
        TEXT,
        /** One JSON object. */
        JSON
    }

    @Option(
            names = "--output",
            paramLabel = "text|json",
            description = "For a person, or as one JSON object (default text).")
    private Form form = Form.TEXT;

    boolean json() {
        return form == Form.JSON;
    }
}
