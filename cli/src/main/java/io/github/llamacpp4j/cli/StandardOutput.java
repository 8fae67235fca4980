package io.github.llamacpp4j.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Standard output that ends the command when it can no longer be written, where a {@link java.io.PrintStream} alone would
 * let it go on for nobody: a reader such as {@code head} that has left, or a full disk. Not thread-safe.
 */
final class StandardOutput extends FilterOutputStream {

    private boolean failed;

    StandardOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        run(() -> out.write(bytes, offset, length));
    }

    @Override
    public void flush() {
        run(out::flush);
    }

    private interface Operation {
        void run() throws IOException;
    }

    /** Fails once: what is still buffered above is dropped without a further failure. */
    private void run(Operation operation) {
        if (failed) {
            return;
        }
        try {
            operation.run();
        } catch (IOException e) {
            failed = true;
            throw new OutputFailure(e);
        }
    }
}
