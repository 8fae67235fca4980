package io.github.llamacpp4j.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Turns a stream of UTF-8 bytes into text, never half a code point; what is not UTF-8 becomes U+FFFD. */
final class Utf8Assembler {

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] rest = new byte[0];

    /** The text that is complete with these bytes. */
    String feed(ByteArrayOutputStream bytes) {
        return decode(bytes, false);
    }

    /** The last text: an unfinished code point counts as malformed. */
    String finish(ByteArrayOutputStream bytes) {
        return decode(bytes, true);
    }

    private String decode(ByteArrayOutputStream bytes, boolean end) {
        if (bytes.size() == 0 && rest.length == 0) {
            return "";
        }
        byte[] added = bytes.toByteArray();
        if (rest.length == 0 && isAscii(added)) {
            return new String(added, StandardCharsets.ISO_8859_1);
        }
        ByteBuffer input = ByteBuffer.allocate(rest.length + added.length)
                .put(rest)
                .put(added)
                .flip();
        CharBuffer output = CharBuffer.allocate(input.remaining() + 1);
        decoder.decode(input, output, end);
        if (end) {
            decoder.flush(output);
            decoder.reset();
        }
        rest = new byte[input.remaining()];
        input.get(rest);
        return output.flip().toString();
    }

    /** Most pieces of text are, and need no decoder. */
    private static boolean isAscii(byte[] bytes) {
        for (byte value : bytes) {
            if (value < 0) {
                return false;
            }
        }
        return true;
    }
}
