package io.github.llamacpp4j.testkit.base;

import io.github.llamacpp4j.gguf.ByteRangeSource;
import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufLimits;
import io.github.llamacpp4j.gguf.GgufWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/** Files that are not sound models, each wrong in its own way: loading one must end in a typed exception. */
public enum BrokenModel {
    /** No bytes at all. */
    EMPTY(() -> new byte[0]),
    /** The first letter of the magic number. */
    ONE_BYTE(() -> new byte[] {'G'}),
    /** A web page, as servers send in place of a file. */
    WEB_PAGE(() -> "<!DOCTYPE html><html><body>404 Not Found</body></html>".getBytes(StandardCharsets.US_ASCII)),
    /** 4 KiB of noise. */
    NOISE(BrokenModel::noise),
    /** The magic number and nothing else. */
    ONLY_MAGIC(() -> "GGUF".getBytes(StandardCharsets.US_ASCII)),
    /** A version that nobody has defined. */
    FUTURE_VERSION(() -> withInt(4, 99)),
    /** A file for a big-endian machine. */
    BIG_ENDIAN(() -> withInt(4, 0x0300_0000)),
    /** More tensors announced than can be. */
    HUGE_TENSOR_COUNT(() -> withLong(8, Long.MAX_VALUE)),
    /** More key-value pairs announced than can be. */
    HUGE_METADATA_COUNT(() -> withLong(16, Long.MAX_VALUE)),
    /** A key without letters, the 37 bytes of ggml-org/llama.cpp#24884. */
    EMPTY_KEY(BrokenModel::emptyKey),
    /** Cut in the metadata. */
    CUT_IN_METADATA(() -> cut(1024)),
    /** Cut in the middle of the tensors. */
    CUT_IN_TENSORS(() -> cut(sound().length / 2)),
    /** The last 64 bytes are missing. */
    CUT_AT_THE_END(() -> cut(sound().length - 64)),
    /** Dimensions whose product does not fit 64 bits. */
    OVERFLOWING_DIMENSIONS(BrokenModel::overflowingDimensions),
    /** An architecture that does not exist. */
    UNKNOWN_ARCHITECTURE(() ->
            TinyLlama.of().file().put("general.architecture", "no-such-thing").toBytes()),
    /** No architecture at all. */
    NO_ARCHITECTURE(() -> TinyVocabulary.spm().writeTo(new GgufWriter()).toBytes()),
    /** The tokens are numbers instead of texts, as in ggml-org/llama.cpp#26690. */
    TOKENS_ARE_NUMBERS(() -> TinyLlama.of()
            .file()
            .put("tokenizer.ggml.tokens", GgufArray.ofInts(new int[500]))
            .toBytes()),
    /** Fewer token types than tokens. */
    TOO_FEW_TOKEN_TYPES(() -> TinyLlama.of()
            .file()
            .put("tokenizer.ggml.token_type", GgufArray.ofInts(1, 1))
            .toBytes()),
    /** Fewer scores than tokens. */
    TOO_FEW_SCORES(() -> TinyLlama.of()
            .file()
            .put("tokenizer.ggml.scores", GgufArray.ofFloats(1, 1))
            .toBytes()),
    /** Token types that are texts. */
    TOKEN_TYPES_ARE_TEXTS(() -> TinyLlama.of()
            .file()
            .put("tokenizer.ggml.token_type", List.of("1", "1"))
            .toBytes()),
    /** No vocabulary. */
    NO_VOCABULARY(() -> new GgufWriter().put("general.architecture", "llama").toBytes()),
    /** A vocabulary without weights, loaded as a model. */
    NO_TENSORS(() -> TinyLlama.of().vocabularyOnly().toBytes()),
    /** More layers in the metadata than tensors for them. */
    MISSING_LAYER(() -> TinyLlama.of().file().put("llama.block_count", 3).toBytes()),
    /** Tensors of another shape than the metadata says. */
    WRONG_SHAPE(() -> TinyLlama.of().file().put("llama.embedding_length", 128).toBytes()),
    /** No attention heads, which is divided by. */
    NO_HEADS(() -> TinyLlama.of().file().put("llama.attention.head_count", 0).toBytes()),
    /** A tensor of a type that was withdrawn. */
    WITHDRAWN_TENSOR_TYPE(BrokenModel::withdrawnType);

    @SuppressWarnings("ImmutableEnumChecker") // the suppliers hold no state
    private final Supplier<byte[]> bytes;

    BrokenModel(Supplier<byte[]> bytes) {
        this.bytes = bytes;
    }

    /** The bytes of the file. */
    public byte[] bytes() {
        return bytes.get();
    }

    /** Writes the file into a folder, named after what is wrong with it. */
    public Path writeInto(Path folder) {
        Path path = folder.resolve(name().toLowerCase(Locale.ROOT) + ".gguf");
        try {
            return Files.write(path, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path + ": " + e, e);
        }
    }

    private static byte[] sound() {
        return TinyLlama.of().file().toBytes();
    }

    private static byte[] cut(int length) {
        return Arrays.copyOf(sound(), length);
    }

    private static byte[] withInt(int offset, int value) {
        byte[] file = sound();
        littleEndian(file).putInt(offset, value);
        return file;
    }

    private static byte[] withLong(int offset, long value) {
        byte[] file = sound();
        littleEndian(file).putLong(offset, value);
        return file;
    }

    private static byte[] noise() {
        byte[] noise = new byte[4096];
        new Random(7).nextBytes(noise);
        return noise;
    }

    private static byte[] emptyKey() {
        byte[] file = new byte[37];
        littleEndian(file)
                .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(0)
                .putLong(1);
        return file;
    }

    private static byte[] overflowingDimensions() {
        byte[] file = new GgufWriter()
                .put("general.architecture", "llama")
                .tensorF32("token_embd.weight", new float[1], 1, 1, 1, 1)
                .toBytes();
        ByteBuffer buffer = littleEndian(file);
        int firstDimension = headerBytes(file) - 8 - 4 - 4 * 8;
        buffer.putLong(firstDimension, 1L << 32).putLong(firstDimension + 8, 1L << 32);
        return file;
    }

    private static byte[] withdrawnType() {
        byte[] file = new GgufWriter()
                .put("general.architecture", "llama")
                .tensor("token_embd.weight", GgmlType.F32, new byte[128], 32)
                .toBytes();
        littleEndian(file).putInt(headerBytes(file) - 8 - 4, 4);
        return file;
    }

    private static int headerBytes(byte[] file) {
        return (int) GgufFile.read(ByteRangeSource.ofBytes("sound", file), GgufLimits.defaults())
                .headerBytes();
    }

    private static ByteBuffer littleEndian(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }
}
