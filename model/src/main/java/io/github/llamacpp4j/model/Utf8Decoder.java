package io.github.llamacpp4j.model;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns the bytes of a stream of token pieces into text, never cutting a character: bytes that may still become one are
 * held back, bytes that cannot are replaced by U+FFFD. Not thread-safe; one for each stream.
 */
public final class Utf8Decoder {

    private static final int LONGEST_CHARACTER_BYTES = 4;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private final byte[] heldBack = new byte[LONGEST_CHARACTER_BYTES];
    private int heldBackLength;

    /** A decoder at the start of a stream. */
    public Utf8Decoder() {}

    /**
     * The text that has become certain.
     *
     * @param piece the next bytes, any number of them
     * @return the complete characters, perhaps none
     */
    public String decode(byte[] piece) {
        return decode(piece, false);
    }

    /**
     * Ends the stream: what was held back can no longer become a character.
     *
     * @return U+FFFD for the bytes held back, or the empty text
     */
    public String finish() {
        return decode(new byte[0], true);
    }

    /** How many bytes wait for the rest of their character. */
    public int heldBackBytes() {
        return heldBackLength;
    }

    private String decode(byte[] piece, boolean endOfInput) {
        ByteBuffer input = ByteBuffer.allocate(heldBackLength + piece.length)
                .put(heldBack, 0, heldBackLength)
                .put(piece)
                .flip();
        CharBuffer output = CharBuffer.allocate(input.remaining() + 1);
        requireRoom(decoder.decode(input, output, endOfInput));
        if (endOfInput) {
            requireRoom(decoder.flush(output));
            decoder.reset();
        }
        heldBackLength = input.remaining();
        input.get(heldBack, 0, heldBackLength);
        return output.flip().toString();
    }

    private static void requireRoom(CoderResult result) {
        if (result.isOverflow()) {
            throw new AssertionError("UTF-8 never has more characters than bytes");
        }
    }
}
