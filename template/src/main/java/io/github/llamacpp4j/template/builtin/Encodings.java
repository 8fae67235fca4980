package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.PyBytes;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** {@code str.encode} and {@code bytes.decode}. */
final class Encodings {
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private Encodings() {}

    /** An encoding, and whether Python writes a byte order mark before a text in it. */
    private record Encoding(Charset charset, boolean marked) {}

    private static Encoding encoding(Str name) {
        return switch (name.text().toLowerCase(Locale.ROOT).replace('_', '-')) {
            case "utf-8", "utf8", "u8" -> new Encoding(StandardCharsets.UTF_8, false);
            case "utf-8-sig" -> new Encoding(StandardCharsets.UTF_8, true);
            case "ascii", "us-ascii" -> new Encoding(StandardCharsets.US_ASCII, false);
            case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1" ->
                new Encoding(StandardCharsets.ISO_8859_1, false);
            case "utf-16", "utf16" -> new Encoding(StandardCharsets.UTF_16LE, true);
            case "utf-16-le", "utf-16le" -> new Encoding(StandardCharsets.UTF_16LE, false);
            case "utf-16-be", "utf-16be" -> new Encoding(StandardCharsets.UTF_16BE, false);
            case "utf-32", "utf32" -> new Encoding(StandardCharsets.UTF_32LE, true);
            case "utf-32-le", "utf-32le" -> new Encoding(StandardCharsets.UTF_32LE, false);
            case "utf-32-be", "utf-32be" -> new Encoding(StandardCharsets.UTF_32BE, false);
            default -> throw PyError.runtime("unknown encoding: " + name.text());
        };
    }

    static PyBytes encode(Env env, Str s, Str name, Str errors) {
        env.budget().string(s.chars() * 10L);
        Encoding encoding = encoding(name);
        String text = encoding.marked() ? BYTE_ORDER_MARK + s.text() : s.text();
        CharsetEncoder encoder = encoding.charset().newEncoder();
        String encodable = encoder.canEncode(text) ? text : encodable(text, encoder, name, errors);
        return new PyBytes(encodable.getBytes(encoding.charset()));
    }

    private static String encodable(String text, CharsetEncoder encoder, Str name, Str errors) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(cp -> {
            String one = Character.toString(cp);
            out.append(encoder.canEncode(one) ? one : instead(cp, name, errors));
        });
        return out.toString();
    }

    private static String instead(int cp, Str encoding, Str errors) {
        return switch (errors.text()) {
            case "ignore" -> "";
            case "replace" -> "?";
            case "xmlcharrefreplace" -> "&#" + cp + ";";
            case "backslashreplace" -> backslashed(cp);
            case "namereplace" -> isNamed(cp) ? "\\N{" + Character.getName(cp) + "}" : backslashed(cp);
            case "strict", "surrogateescape", "surrogatepass" ->
                throw PyError.runtime("'" + encoding.text() + "' codec can't encode the text");
            default -> throw PyError.runtime("unknown error handler name '" + errors.text() + "'");
        };
    }

    private static String backslashed(int cp) {
        return cp < 0x100
                ? String.format(Locale.ROOT, "\\x%02x", cp)
                : String.format(Locale.ROOT, cp < 0x10000 ? "\\u%04x" : "\\U%08x", cp);
    }

    /** Whether Unicode names a code point; Java makes names of its own for some of the others. */
    private static boolean isNamed(int cp) {
        return switch (Character.getType(cp)) {
            case Character.UNASSIGNED, Character.PRIVATE_USE, Character.SURROGATE, Character.CONTROL -> false;
            default -> true;
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

    /** Text from bytes counts as a value: bytes carry no provenance. */
    static Str decode(PyBytes bytes, Str name, Str errors) {
        Encoding encoding = encoding(name);
        try {
            String text = encoding.charset()
                    .newDecoder()
                    .onMalformedInput(action(errors))
                    .onUnmappableCharacter(action(errors))
                    .decode(ByteBuffer.wrap(bytes.bytes()))
                    .toString();
            return Str.value(encoding.marked() && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        } catch (CharacterCodingException e) {
            throw PyError.runtime("'" + name.text() + "' codec can't decode the bytes");
        }
    }
}
