package io.github.llamacpp4j.model;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What stands before a saved state: whose it is, of which shape, how long, and a checksum (CRC-32C) over all of that and the state.
 * It finds damage, not forgery: a state must come from a source that is trusted. Big-endian, {@value #BYTES} bytes.
 */
final class StateHeader {

    /** The size of a header. */
    static final int BYTES = 8 + 4 + 4 + ModelFingerprint.BYTES + 5 * 4 + 8 + 4;

    private static final long MAGIC = 0x6c6c_616d_6134_6a73L;
    private static final int VERSION = 2;
    private static final int WHOLE = 1;
    private static final int SEQUENCE = 2;

    private final int kind;
    private final byte[] fingerprint;
    private final int[] shape;
    private final long payloadBytes;
    private final int checksum;

    private StateHeader(int kind, byte[] fingerprint, int[] shape, long payloadBytes, int checksum) {
        this.kind = kind;
        this.fingerprint = fingerprint;
        this.shape = shape;
        this.payloadBytes = payloadBytes;
        this.checksum = checksum;
    }

    static StateHeader of(ContextFacts facts, ContextOptions options, boolean whole, MemorySegment payload) {
        StateHeader unsigned = new StateHeader(
                whole ? WHOLE : SEQUENCE,
                facts.fingerprint().bytes(),
                shape(facts, options, whole),
                payload.byteSize(),
                0);
        return new StateHeader(
                unsigned.kind, unsigned.fingerprint, unsigned.shape, unsigned.payloadBytes, unsigned.checksum(payload));
    }

    /** The numbers that must be equal; a single sequence fits into contexts of any size. */
    private static int[] shape(ContextFacts facts, ContextOptions options, boolean whole) {
        return new int[] {
            options.keyType().nativeValue(),
            options.valueType().nativeValue(),
            whole ? facts.contextSize() : 0,
            whole ? facts.maxSequences() : 0,
            whole && facts.splitStreams() ? 1 : 0
        };
    }

    static StateHeader read(ByteBuffer bytes) {
        bytes.rewind();
        if (bytes.remaining() < BYTES || bytes.getLong() != MAGIC) {
            throw new StateException("this is no state saved by llamacpp4j, or it is cut off");
        }
        int version = bytes.getInt();
        if (version != VERSION) {
            throw new StateException("expected a state of version " + VERSION + ", found " + version
                    + "; it was saved by another release");
        }
        int kind = bytes.getInt();
        byte[] fingerprint = new byte[ModelFingerprint.BYTES];
        bytes.get(fingerprint);
        int[] shape = new int[5];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = bytes.getInt();
        }
        long payloadBytes = bytes.getLong();
        return new StateHeader(kind, fingerprint, shape, payloadBytes, bytes.getInt());
    }

    void write(ByteBuffer bytes) {
        bytes.put(unsigned().rewind()).putInt(checksum);
    }

    private ByteBuffer unsigned() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES - Integer.BYTES);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(kind).put(fingerprint);
        for (int number : shape) {
            bytes.putInt(number);
        }
        return bytes.putLong(payloadBytes);
    }

    long payloadBytes() {
        return payloadBytes;
    }

    /** Checks everything that can be known before the state itself is read. */
    void requireFitting(ContextFacts facts, ContextOptions options, boolean whole, long totalBytes) {
        if (kind != (whole ? WHOLE : SEQUENCE)) {
            throw new StateException(
                    whole
                            ? "expected the state of a whole context, found that of one sequence"
                            : "expected the state of one sequence, found that of a whole context");
        }
        if (payloadBytes < 0 || totalBytes - BYTES != payloadBytes) {
            throw new StateException("the state should have " + payloadBytes + " bytes behind its header, found "
                    + Math.max(0, totalBytes - BYTES) + ": it is cut off or damaged");
        }
        if (!Arrays.equals(fingerprint, facts.fingerprint().bytes())) {
            throw new StateException("the state was saved with another model");
        }
        int[] expected = shape(facts, options, whole);
        if (!Arrays.equals(shape, expected)) {
            throw new StateException("the state was saved by a context of another shape: expected key type, value type,"
                    + " context size, sequences and split streams " + Arrays.toString(expected) + ", found "
                    + Arrays.toString(shape));
        }
    }

    /** Checks every byte. */
    void requireSound(MemorySegment payload) {
        if (checksum != checksum(payload)) {
            throw new StateException("the state is damaged: its checksum does not fit");
        }
    }

    private int checksum(MemorySegment payload) {
        CRC32C checksum = new CRC32C();
        checksum.update(unsigned().rewind());
        for (long start = 0; start < payload.byteSize(); start += StateBytes.chunkBytes()) {
            checksum.update(StateBytes.chunk(payload, start));
        }
        return (int) checksum.getValue();
    }
}
