package io.github.llamacpp4j.grammar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All parses of the text so far: places inside rules, each with the frame to return to. Interned by {@link Automaton}.
 * {@link #next} and {@link #mask} are filled in lazily, as in {@link LocalSet}.
 */
final class State {
    /** Frames and places; the first {@link #kernelSize} determine the rest, which are the rules called from them. */
    final Frame[] frames;

    final LocalSet[] locals;
    final int kernelSize;
    /** The text may end here. */
    final boolean accepting;
    /** A parse has returned to an unknown caller. */
    final boolean escapes;

    final boolean testsTokens;
    final long[] byteClasses;
    final @Nullable State[] next;

    @Nullable
    TokenMask mask;

    State(Frame[] frames, LocalSet[] locals, int kernelSize, int classCount) {
        this.frames = frames;
        this.locals = locals;
        this.kernelSize = kernelSize;
        next = new @Nullable State[classCount];
        boolean accept = false;
        boolean escape = false;
        boolean tokens = false;
        byteClasses = new long[4];
        for (int i = 0; i < frames.length; i++) {
            LocalSet local = locals[i];
            if (i < kernelSize) {
                accept |= frames[i] == Frame.ROOT && local.isFinal;
                escape |= frames[i] == Frame.UNKNOWN && local.isFinal;
            }
            tokens |= local.tokens.length > 0;
            for (int w = 0; w < 4; w++) {
                byteClasses[w] |= local.byteClasses[w];
            }
        }
        accepting = accept;
        escapes = escape;
        testsTokens = tokens;
    }

    boolean isDead() {
        return frames.length == 0;
    }

    /** {@return the only byte class that can be read, or -1} */
    int onlyByteClass() {
        int found = -1;
        for (int w = 0; w < 4; w++) {
            if (byteClasses[w] != 0) {
                if (found >= 0 || Long.bitCount(byteClasses[w]) > 1) {
                    return -1;
                }
                found = 64 * w + Long.numberOfTrailingZeros(byteClasses[w]);
            }
        }
        return found;
    }

    /** Compares frames and places by identity. */
    @SuppressWarnings("ArrayRecordComponent")
    record Key(Frame[] frames, LocalSet[] locals) {
        @Override
        public boolean equals(Object other) {
            if (!(other instanceof Key that) || frames.length != that.frames.length) {
                return false;
            }
            for (int i = 0; i < frames.length; i++) {
                if (frames[i] != that.frames[i] || locals[i] != that.locals[i]) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public int hashCode() {
            int hash = Arrays.hashCode(locals);
            for (Frame frame : frames) {
                hash = 31 * hash + Long.hashCode(frame.id);
            }
            return hash;
        }
    }
}
