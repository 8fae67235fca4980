package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.PyBytes;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** {@code str.encode} and {@code bytes.decode}. */
final class Encodings {
    private Encodings() {}

    private static Charset charset(Str name) {
        return switch (name.text().toLowerCase(Locale.ROOT).replace('_', '-')) {
            case "utf-8", "utf8", "u8" -> StandardCharsets.UTF_8;
            case "ascii", "us-ascii" -> StandardCharsets.US_ASCII;
            case "latin-1", "latin1", "iso-8859-1", "iso8859-1" -> StandardCharsets.ISO_8859_1;
            case "utf-16-le" -> StandardCharsets.UTF_16LE;
            case "utf-16-be" -> StandardCharsets.UTF_16BE;
            default -> throw PyError.runtime("unknown encoding: " + name.text());
        };
    }

    private static CodingErrorAction action(Str errors) {
        return switch (errors.text()) {
            case "strict" -> CodingErrorAction.REPORT;
            case "ignore" -> CodingErrorAction.IGNORE;
            case "replace" -> CodingErrorAction.REPLACE;
            default -> throw PyError.runtime("unknown error handler name '" + errors.text() + "'");
        };
    }

    static PyBytes encode(Env env, Str s, Str encoding, Str errors) {
        env.budget().string(s.chars() * 3L);
        try {
            ByteBuffer bytes = charset(encoding)
                    .newEncoder()
                    .onMalformedInput(action(errors))
                    .onUnmappableCharacter(action(errors))
                    .encode(CharBuffer.wrap(s.text()));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return new PyBytes(exact);
        } catch (CharacterCodingException e) {
            throw PyError.runtime("'" + encoding.text() + "' codec can't encode the text");
        }
    }

    /** Text from bytes counts as a value: bytes carry no provenance. */
    static Str decode(PyBytes bytes, Str encoding, Str errors) {
        try {
            return Str.value(charset(encoding)
                    .newDecoder()
                    .onMalformedInput(action(errors))
                    .onUnmappableCharacter(action(errors))
                    .decode(ByteBuffer.wrap(bytes.bytes()))
                    .toString());
        } catch (CharacterCodingException e) {
            throw PyError.runtime("'" + encoding.text() + "' codec can't decode the bytes");
        }
    }
}
