package io.github.llamacpp4j.model;

import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells models apart by 256 bits: what they say about themselves, the table of their tensors, and samples of the weights.
 * Reading all weights would take as long as loading them.
 *
 * @param hex 64 hexadecimal digits
 */
record ModelFingerprint(String hex) {

    static final int BYTES = 32;

    private static final int SAMPLED_TENSORS = 32;
    private static final int SAMPLE_BYTES = 512;

    static ModelFingerprint of(ModelFile file, ModelInfo info) {
        MessageDigest digest = sha256();
        info.metadata().forEach((key, value) -> update(digest, key + '\0' + value + '\0'));
        for (int i = 0; i < file.parts().size(); i++) {
            GgufFile header = file.headers().get(i);
            for (GgufTensor tensor : header.tensors()) {
                update(digest, tensor.name() + '\0' + tensor.dimensions() + '\0' + tensor.type() + '\0');
            }
            sample(digest, file.parts().get(i), header.tensors());
        }
        return new ModelFingerprint(HexFormat.of().formatHex(digest.digest()));
    }

    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void sample(MessageDigest digest, Path path, List<GgufTensor> tensors) {
        int step = Math.max(1, tensors.size() / SAMPLED_TENSORS);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            for (int i = 0; i < tensors.size(); i += step) {
                ByteBuffer sample = ByteBuffer.allocate(
                        (int) Math.min(SAMPLE_BYTES, tensors.get(i).sizeBytes()));
                channel.read(sample, tensors.get(i).fileOffset());
                digest.update(sample.flip());
            }
        } catch (IOException unreadable) {
            throw new ModelLoadException(
                    path,
                    ModelLoadException.Reason.UNREADABLE,
                    String.valueOf(unreadable.getMessage()),
                    List.of(),
                    unreadable);
        }
    }
}
