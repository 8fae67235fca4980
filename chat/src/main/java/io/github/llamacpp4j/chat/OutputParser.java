package io.github.llamacpp4j.chat;

import java.util.List;

/**
 * Reads one answer of a model while it is written. Whatever the model writes, nothing is thrown and nothing is lost:
 * text that looks like a tool call but is none comes back as text with a flag in {@link #result()}. The time is linear in
 * the length of the answer, and the answer may be cut into pieces anywhere.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class OutputParser {
    private final Source source = new Source();
    private final Emitter emitter;
    private final OutputMachine machine;
    private boolean finished;

    OutputParser(SyntaxRules rules, List<ToolDefinition> tools, String generationPrompt) {
        emitter = new Emitter(tools);
        machine = rules.machine(source, emitter);
        machine.prime(generationPrompt);
    }

    /**
     * Takes the next piece of the answer.
     *
     * @return what can be told for certain now; often nothing
     * @throws IllegalStateException after {@link #finish()}
     */
    public List<OutputEvent> accept(String piece) {
        if (finished) {
            throw new IllegalStateException("the answer is finished: take a new parser for the next one");
        }
        source.append(piece);
        run();
        return emitter.drain();
    }

    /** Tells that the answer has ended, for whatever reason. Calling it again does nothing. */
    public List<OutputEvent> finish() {
        if (!finished) {
            finished = true;
            source.end();
            run();
            machine.finish();
            emitter.finish();
        }
        return emitter.drain();
    }

    /** The answer as far as it is known: after {@link #finish()} all of it, before that nothing that may yet change. */
    public ParsedOutput result() {
        return emitter.result();
    }

    private void run() {
        boolean moving = true;
        while (moving) {
            moving = machine.step();
        }
    }
}
