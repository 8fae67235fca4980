package io.github.llamacpp4j.model;

import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufMetadata;
import io.github.llamacpp4j.gguf.GgufSplit;
import io.github.llamacpp4j.gguf.GgufTensor;
import io.github.llamacpp4j.gguf.GgufType;
import io.github.llamacpp4j.gguf.GgufValue;
import io.github.llamacpp4j.model.ModelLoadException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The files of a model, checked in Java before llama.cpp sees them: what its loader answers with an assertion or with
 * reading past an array is refused here, and what it would only log is said in a sentence.
 *
 * @param parts the files, first part first
 * @param headers what their headers say
 */
record ModelFile(List<Path> parts, List<GgufFile> headers) {

    private static final int MAGIC_BYTES = 4;

    /** Reads and checks the model that begins in {@code first}; further parts are found by their names. */
    static ModelFile open(Path first) {
        GgufFile header = header(first);
        int count = splitOf(first, header).map(GgufSplit::count).orElse(1);
        if (count <= 1) {
            return checked(List.of(first), List.of(header));
        }
        List<Path> parts = GgufSplit.paths(first);
        if (parts.size() != count) {
            throw new ModelLoadException(
                    first,
                    Reason.DAMAGED,
                    "it is one of " + count + " parts, whose names must end like -00001-of-"
                            + String.format(Locale.ROOT, "%05d", count)
                            + ".gguf; load the model with the list of its parts instead");
        }
        if (!parts.getFirst().equals(first)) {
            throw new ModelLoadException(
                    first, Reason.DAMAGED, "it is not the first part of the model; load " + parts.getFirst());
        }
        return open(parts, header);
    }

    /** Reads and checks the model in these parts. */
    static ModelFile open(List<Path> parts) {
        return open(parts, header(parts.getFirst()));
    }

    private static ModelFile open(List<Path> parts, GgufFile first) {
        List<GgufFile> headers = new ArrayList<>();
        headers.add(first);
        for (Path part : parts.subList(1, parts.size())) {
            headers.add(header(part));
        }
        for (int i = 0; i < parts.size(); i++) {
            Path path = parts.get(i);
            Optional<GgufSplit> split = splitOf(path, headers.get(i));
            int count = split.map(GgufSplit::count).orElse(1);
            int index = split.map(GgufSplit::index).orElse(0);
            if (count != parts.size() || index != i) {
                throw new ModelLoadException(
                        path,
                        Reason.DAMAGED,
                        "expected part " + (i + 1) + " of " + parts.size() + ", found part " + (index + 1) + " of "
                                + count);
            }
        }
        return checked(parts, headers);
    }

    private static ModelFile checked(List<Path> parts, List<GgufFile> headers) {
        ModelFile file = new ModelFile(List.copyOf(parts), List.copyOf(headers));
        VocabularyChecks.fault(file.metadata()).ifPresent(fault -> {
            throw new ModelLoadException(parts.getFirst(), Reason.DAMAGED, fault);
        });
        headers.stream()
                .flatMap(header -> header.tensors().stream())
                .filter(tensor -> tensor.dimensions().contains(0L))
                .findFirst()
                .ifPresent(tensor -> {
                    throw new ModelLoadException(
                            parts.getFirst(), Reason.DAMAGED, "tensor " + tensor.name() + " has no elements");
                });
        return file;
    }

    /** The metadata, which is in the first part. */
    GgufMetadata metadata() {
        return headers.getFirst().metadata();
    }

    /** For how many positions the model has learned vectors; empty if it computes positions. */
    OptionalInt learnedPositions() {
        return tensors("position_embd.weight").stream()
                .filter(tensor -> tensor.dimensions().size() == 2)
                .mapToInt(tensor ->
                        (int) Math.min(Integer.MAX_VALUE, tensor.dimensions().get(1)))
                .findFirst();
    }

    /** Whether there is a head that scores a sequence, as reranking models have. */
    boolean hasClassifierHead() {
        return headers.stream()
                .flatMap(header -> header.tensors().stream())
                .anyMatch(tensor -> tensor.name().startsWith("cls."));
    }

    /** A whole number that the architecture is set up with; {@code absent} where it is missing or given per layer. */
    long setting(String suffix, long absent) {
        return metadata().architecture().flatMap(name -> metadata().value(name + "." + suffix)).stream()
                .filter(GgufValue.IntegerValue.class::isInstance)
                .mapToLong(value -> ((GgufValue.IntegerValue) value).value())
                .findFirst()
                .orElse(absent);
    }

    /** The sum over all layers of a setting that is given once or per layer, such as {@code attention.head_count_kv}. */
    long sumOverLayers(String suffix, int layers, long absent) {
        Optional<GgufValue> value =
                metadata().architecture().flatMap(name -> metadata().value(name + "." + suffix));
        if (value.isPresent() && value.get() instanceof GgufArray array && isInteger(array.elementType())) {
            long sum = 0;
            for (int i = 0; i < array.size(); i++) {
                sum += array.integer(i);
            }
            return sum;
        }
        return layers * setting(suffix, absent);
    }

    static boolean isInteger(GgufType type) {
        return switch (type) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
            default -> false;
        };
    }

    /** Refuses settings that would make llama.cpp end the process while it reads the weights. */
    void requireSoundSettings(List<MetadataOverride> overrides) {
        HyperParameterChecks.fault(metadata(), overrides).ifPresent(fault -> {
            throw new ModelLoadException(parts.getFirst(), Reason.DAMAGED, fault);
        });
    }

    /**
     * Refuses an override of another kind than the value in the file, which llama.cpp would silently leave out.
     *
     * @throws IllegalArgumentException if there is one
     */
    void requireOverridable(List<MetadataOverride> overrides) {
        for (MetadataOverride override : overrides) {
            Optional<GgufValue> value = metadata().value(override.key());
            boolean fits = value.isEmpty()
                    || switch (override) {
                        case MetadataOverride.OfInteger integer -> value.get() instanceof GgufValue.IntegerValue;
                        case MetadataOverride.OfFloat number -> value.get() instanceof GgufValue.FloatValue;
                        case MetadataOverride.OfBoolean truth -> value.get() instanceof GgufValue.BoolValue;
                        case MetadataOverride.OfString text -> value.get() instanceof GgufValue.StringValue;
                    };
            if (!fits) {
                throw new IllegalArgumentException("metadata key " + override.key() + " holds a value of type "
                        + value.get().type() + ": override it with one of that kind, found " + override);
            }
        }
    }

    private List<GgufTensor> tensors(String name) {
        return headers.stream().flatMap(header -> header.tensor(name).stream()).toList();
    }

    private static Optional<GgufSplit> splitOf(Path path, GgufFile header) {
        try {
            return header.split();
        } catch (GgufException contradiction) {
            throw new ModelLoadException(
                    path, Reason.DAMAGED, String.valueOf(contradiction.getMessage()), List.of(), contradiction);
        }
    }

    /** The header of a GGUF file, or the reason why this is none. */
    static GgufFile header(Path path) {
        if (!Files.exists(path)) {
            throw new ModelLoadException(path, Reason.UNREADABLE, "there is no such file");
        }
        if (!Files.isRegularFile(path)) {
            throw new ModelLoadException(
                    path,
                    Reason.NOT_A_FILE,
                    "expected a GGUF file, found " + (Files.isDirectory(path) ? "a directory" : "something else"));
        }
        if (!Files.isReadable(path)) {
            throw new ModelLoadException(path, Reason.UNREADABLE, "the file may not be read by this user");
        }
        try {
            return GgufFile.read(path);
        } catch (GgufException unsound) {
            throw new ModelLoadException(
                    path,
                    startsLikeGguf(path) ? Reason.DAMAGED : Reason.NOT_GGUF,
                    String.valueOf(unsound.getMessage()),
                    List.of(),
                    unsound);
        }
    }

    private static boolean startsLikeGguf(Path path) {
        try (var input = Files.newInputStream(path)) {
            byte[] start = input.readNBytes(MAGIC_BYTES);
            return start.length == MAGIC_BYTES && new String(start, StandardCharsets.ISO_8859_1).equals("GGUF");
        } catch (IOException unreadable) {
            return false;
        }
    }
}
