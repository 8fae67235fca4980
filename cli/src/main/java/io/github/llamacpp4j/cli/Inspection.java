package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufMetadata;
import io.github.llamacpp4j.gguf.GgufSplit;
import io.github.llamacpp4j.gguf.GgufTensor;
import io.github.llamacpp4j.gguf.GgufType;
import io.github.llamacpp4j.gguf.GgufValue;
import io.github.llamacpp4j.gguf.MemoryForecast;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is told about a model.
 *
 * @param place its path or address
 * @param files its files, the first one with the metadata
 * @param wantedContextSize context for the forecast, or null for what the model was trained for
 * @param keyType how keys are cached
 * @param valueType how values are cached
 */
record Inspection(
        String place, List<GgufFile> files, @Nullable Long wantedContextSize, GgmlType keyType, GgmlType valueType) {

    static final int SHOWN_ELEMENTS = 8;

    /** Where the metadata is silent about it, as llama.cpp's default. */
    private static final long USUAL_CONTEXT_SIZE = 4096;

    GgufFile first() {
        return files.getFirst();
    }

    GgufMetadata metadata() {
        return first().metadata();
    }

    Stream<GgufTensor> tensors() {
        return files.stream().flatMap(file -> file.tensors().stream());
    }

    /** How many files are missing of a split model; the forecast then lacks their weights. */
    int missingFiles() {
        return first().split().map(GgufSplit::count).orElse(1) - files.size();
    }

    long sizeBytes() {
        return files.stream().mapToLong(file -> file.sizeBytes().orElse(0)).sum();
    }

    long parameterCount() {
        return files.stream().mapToLong(GgufFile::parameterCount).sum();
    }

    int vocabularySize() {
        return metadata().values().get("tokenizer.ggml.tokens") instanceof GgufArray tokens ? tokens.size() : 0;
    }

    /** The text under a key; empty also where the file holds something else there, since a report goes on. */
    Optional<String> text(String key) {
        return metadata().values().get(key) instanceof GgufValue.StringValue text
                ? Optional.of(text.value())
                : Optional.empty();
    }

    /** The whole number under a key of the architecture, as text; empty where it is missing or something else. */
    Optional<String> architectureNumber(String suffix) {
        return text("general.architecture")
                .map(architecture -> metadata().values().get(architecture + "." + suffix))
                .filter(GgufValue.IntegerValue.class::isInstance)
                .map(GgufValue::toString);
    }

    Optional<String> chatTemplate() {
        return text("tokenizer.chat_template");
    }

    /** The bytes of all tensors of a type. */
    Map<GgmlType, Long> bytesByType() {
        Map<GgmlType, Long> bytes = new TreeMap<>();
        tensors().forEach(tensor -> bytes.merge(tensor.type(), tensor.sizeBytes(), Long::sum));
        return bytes;
    }

    String template() {
        return chatTemplate().orElseThrow(() -> new CommandFailure("template", place + " has no chat template"));
    }

    /** The forecast, or why there is none: vocabularies and adapters are no models that run. */
    Optional<MemoryForecast> forecast() {
        try {
            long trained = metadata().architectureInteger("context_length").orElse(USUAL_CONTEXT_SIZE);
            long context = wantedContextSize != null ? wantedContextSize : Math.clamp(trained, 1, 1L << 31);
            return tensors().findAny().isPresent()
                    ? Optional.of(MemoryForecast.of(files, context, keyType, valueType))
                    : Optional.empty();
        } catch (GgufException noModel) {
            return Optional.empty();
        }
    }

    ObjectNode json(boolean full) {
        ObjectNode answer = Json.object()
                .put("model", place)
                .put("gguf_version", first().version())
                .put("size_bytes", sizeBytes())
                .put("files", files.size())
                .put("missing_files", missingFiles())
                .put("architecture", text("general.architecture").orElse(null))
                .put("name", text("general.name").orElse(null))
                .put("parameters", parameterCount())
                .put("vocabulary_size", vocabularySize())
                .put("chat_template", chatTemplate().orElse(null));
        putForecast(answer);
        ObjectNode values = answer.putObject("metadata");
        metadata().values().forEach((key, value) -> put(values, key, value, full));
        ArrayNode table = answer.putArray("tensors");
        tensors().forEach(tensor -> {
            ObjectNode row = table.addObject()
                    .put("name", tensor.name())
                    .put("type", tensor.type().toString());
            ArrayNode dimensions = row.putArray("dimensions");
            tensor.dimensions().forEach(dimensions::add);
            row.put("size_bytes", tensor.sizeBytes()).put("file_offset", tensor.fileOffset());
        });
        return answer;
    }

    private void putForecast(ObjectNode answer) {
        Optional<MemoryForecast> forecast = forecast();
        if (forecast.isEmpty()) {
            answer.putNull("memory");
            return;
        }
        answer.putObject("memory")
                .put("context", forecast.get().contextSize())
                .put("cache_type_k", keyType.toString())
                .put("cache_type_v", valueType.toString())
                .put("weights_bytes", forecast.get().weightsBytes())
                .put("kv_bytes", forecast.get().keyValueBytes())
                .put("total_bytes", forecast.get().totalBytes())
                .put("exact", forecast.get().exact() && missingFiles() == 0);
    }

    private static void put(ObjectNode node, String key, GgufValue value, boolean full) {
        switch (value) {
            case GgufValue.IntegerValue number -> {
                if (number.type() == GgufType.UINT64) {
                    node.put(key, new BigInteger(number.toString()));
                } else {
                    node.put(key, number.value());
                }
            }
            case GgufValue.FloatValue number -> {
                if (number.type() == GgufType.FLOAT32) {
                    node.put(key, (float) number.value());
                } else {
                    node.put(key, number.value());
                }
            }
            case GgufValue.BoolValue truth -> node.put(key, truth.value());
            case GgufValue.StringValue text -> node.put(key, text.value());
            case GgufArray array -> {
                if (full || array.size() <= SHOWN_ELEMENTS) {
                    elements(node.putArray(key), array, array.size());
                } else {
                    ObjectNode cut = node.putObject(key)
                            .put("type", array.elementType().toString())
                            .put("size", array.size());
                    elements(cut.putArray("first"), array, SHOWN_ELEMENTS);
                }
            }
        }
    }

    private static void elements(ArrayNode node, GgufArray array, int count) {
        for (int i = 0; i < count; i++) {
            ObjectNode element = Json.object();
            put(element, "element", array.get(i), true);
            node.add(element.get("element"));
        }
    }
}
