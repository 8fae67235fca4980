package io.github.llamacpp4j.gguf;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The header of a GGUF file: metadata and tensor table. Reading it touches no tensor data and costs milliseconds.
 *
 * <p>Files are untrusted: every count, length and offset is checked against {@link GgufLimits} and against the size of
 * the file, and whatever is wrong ends in a {@link GgufException}. Immutable and thread-safe.
 */
public final class GgufFile {

    private final int version;
    private final GgufMetadata metadata;
    private final List<GgufTensor> tensors;
    private final int alignmentBytes;
    private final long headerBytes;
    private final long dataOffset;
    private final OptionalLong sizeBytes;

    GgufFile(
            int version,
            GgufMetadata metadata,
            List<GgufTensor> tensors,
            int alignmentBytes,
            long headerBytes,
            long dataOffset,
            OptionalLong sizeBytes) {
        this.version = version;
        this.metadata = metadata;
        this.tensors = tensors;
        this.alignmentBytes = alignmentBytes;
        this.headerBytes = headerBytes;
        this.dataOffset = dataOffset;
        this.sizeBytes = sizeBytes;
    }

    /**
     * Reads the header of a file.
     *
     * @throws GgufException if the file cannot be read or is not a sound GGUF file
     */
    public static GgufFile read(Path path) {
        return read(path, GgufLimits.defaults());
    }

    /**
     * Reads the header of a file within limits.
     *
     * @throws GgufException if the file cannot be read, is not a sound GGUF file, or exceeds a limit
     */
    public static GgufFile read(Path path, GgufLimits limits) {
        try (ByteRangeSource source = ByteRangeSource.ofFile(path)) {
            return read(source, limits);
        } catch (UncheckedIOException e) {
            throw new GgufException(String.valueOf(e.getMessage()), e.getCause());
        }
    }

    /**
     * Reads the header from a source, which stays open.
     *
     * @throws GgufException if the source cannot be read, is not a sound GGUF file, or exceeds a limit
     */
    public static GgufFile read(ByteRangeSource source, GgufLimits limits) {
        return new GgufReader(source, limits).read();
    }

    /** The version of the format, 2 or 3. */
    public int version() {
        return version;
    }

    /** The key-value pairs. */
    public GgufMetadata metadata() {
        return metadata;
    }

    /** The tensors in the order of the file. */
    public List<GgufTensor> tensors() {
        return tensors;
    }

    /** The tensor with this name. */
    public Optional<GgufTensor> tensor(String name) {
        return tensors.stream().filter(t -> t.name().equals(name)).findFirst();
    }

    /** The number of bytes of which every tensor's offset is a multiple. */
    public int alignmentBytes() {
        return alignmentBytes;
    }

    /** The size of metadata and tensor table in bytes. */
    public long headerBytes() {
        return headerBytes;
    }

    /** Where the tensor data starts, in bytes from the start of the file. */
    public long dataOffset() {
        return dataOffset;
    }

    /** The size of the whole file in bytes, where the source knew it. */
    public OptionalLong sizeBytes() {
        return sizeBytes;
    }

    /** The number of weights in all tensors of this file. */
    public long parameterCount() {
        return tensors.stream().mapToLong(GgufTensor::elements).sum();
    }

    /** The size of all tensors of this file in bytes, without padding. */
    public long tensorBytes() {
        return tensors.stream().mapToLong(GgufTensor::sizeBytes).sum();
    }

    /**
     * The place of this file in a split model; empty for a model in one file.
     *
     * @throws GgufException if the numbers in the metadata contradict each other
     */
    public Optional<GgufSplit> split() {
        OptionalLong count = metadata.integer("split.count");
        if (count.isEmpty() || count.getAsLong() == 0) {
            return Optional.empty();
        }
        long index = metadata.integer("split.no").orElse(0);
        long tensorCount = metadata.integer("split.tensors.count").orElse(tensors.size());
        try {
            return Optional.of(new GgufSplit(Math.toIntExact(index), Math.toIntExact(count.getAsLong()), tensorCount));
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new GgufException(
                    "split.no " + index + " and split.count " + count.getAsLong() + " contradict each other", e);
        }
    }

    @Override
    public String toString() {
        return "GGUF version " + version + ", " + metadata + ", " + tensors.size() + " tensors";
    }
}
