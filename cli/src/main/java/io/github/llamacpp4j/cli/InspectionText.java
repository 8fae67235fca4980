package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufTensor;
import io.github.llamacpp4j.gguf.GgufValue;
import io.github.llamacpp4j.gguf.MemoryForecast;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prints an inspection for a person. What comes from the file is printed without control characters. */
final class InspectionText {

    private static final int SHOWN_CHARACTERS = 100;

    private final Inspection inspection;
    private final PrintStream out;
    private final boolean full;

    InspectionText(Inspection inspection, PrintStream out, boolean full) {
        this.inspection = inspection;
        this.out = out;
        this.full = full;
    }

    void print(boolean withTensors) {
        out.println(printable(inspection.place()));
        summary();
        forecast();
        metadata();
        if (withTensors) {
            tensors();
        }
    }

    private void summary() {
        inspection.text("general.name").ifPresent(name -> row("name", printable(name)));
        row("architecture", printable(inspection.text("general.architecture").orElse("none")) + shape());
        row("parameters", Sizes.count(inspection.parameterCount()));
        inspection.architectureNumber("context_length").ifPresent(size -> row("trained context", size + " tokens"));
        if (inspection.vocabularySize() > 0) {
            row(
                    "vocabulary",
                    inspection.vocabularySize() + " tokens, "
                            + printable(inspection.text("tokenizer.ggml.model").orElse("?")) + " "
                            + printable(inspection.text("tokenizer.ggml.pre").orElse("")));
        }
        row(
                "chat template",
                inspection.chatTemplate().map(t -> t.length() + " characters").orElse("none"));
        row("file", file());
        row("tensors", types());
    }

    private String shape() {
        return part("block_count", "layers")
                + part("embedding_length", "embedding size")
                + part("attention.head_count", "heads")
                + part("attention.head_count_kv", "key-value heads")
                + part("expert_count", "experts");
    }

    private String part(String key, String label) {
        return inspection
                .architectureNumber(key)
                .map(value -> ", " + value + " " + label)
                .orElse("");
    }

    private String file() {
        String files =
                inspection.files().size() > 1 ? " in " + inspection.files().size() + " files" : "";
        String missing = inspection.missingFiles() > 0
                ? ", " + inspection.missingFiles() + " more files of this model are not counted"
                : "";
        String size = inspection.sizeBytes() > 0 ? Sizes.megabytes(inspection.sizeBytes()) + files + ", " : "";
        return size + "GGUF version " + inspection.first().version() + missing;
    }

    private String types() {
        Map<String, Long> counts = inspection
                .tensors()
                .collect(Collectors.groupingBy(tensor -> tensor.type().toString(), Collectors.counting()));
        String types = inspection.bytesByType().entrySet().stream()
                .sorted(Map.Entry.<GgmlType, Long>comparingByValue().reversed())
                .map(type -> counts.get(type.getKey().toString()) + " " + type.getKey() + " "
                        + Sizes.megabytes(type.getValue()))
                .collect(Collectors.joining(", "));
        return types.isEmpty() ? "none" : types;
    }

    private void forecast() {
        Optional<MemoryForecast> forecast = inspection.forecast();
        if (forecast.isEmpty()) {
            return;
        }
        MemoryForecast memory = forecast.get();
        out.println();
        out.println("Memory for a context of " + memory.contextSize() + " tokens, keys " + inspection.keyType()
                + ", values " + inspection.valueType());
        row("weights", Sizes.megabytes(memory.weightsBytes()));
        row("key-value cache", (memory.exact() ? "" : "about ") + Sizes.megabytes(memory.keyValueBytes()));
        row("together", Sizes.megabytes(memory.totalBytes()) + ", and buffers for computing");
    }

    private void metadata() {
        out.println();
        out.println("Metadata");
        inspection
                .metadata()
                .values()
                .forEach((key, value) -> out.println("  " + printable(key) + " = " + text(value)));
    }

    private String text(GgufValue value) {
        if (value instanceof GgufArray array) {
            int shown = full ? array.size() : Math.min(array.size(), Inspection.SHOWN_ELEMENTS);
            String elements =
                    IntStream.range(0, shown).mapToObj(i -> text(array.get(i))).collect(Collectors.joining(", "));
            return array + " " + elements + (shown < array.size() ? ", …" : "");
        }
        String text = printable(value.toString());
        return full || text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }

    private void tensors() {
        out.println();
        out.println("Tensors");
        int width = inspection
                .tensors()
                .mapToInt(tensor -> tensor.name().length())
                .max()
                .orElse(1);
        inspection.tensors().forEach(tensor -> out.println(line(tensor, width)));
    }

    private static String line(GgufTensor tensor, int width) {
        String dimensions = tensor.dimensions().stream().map(String::valueOf).collect(Collectors.joining(" × "));
        return String.format(
                Locale.ROOT,
                "  %-" + width + "s  %-8s  %-20s  %12d",
                printable(tensor.name()),
                tensor.type(),
                dimensions,
                tensor.sizeBytes());
    }

    private void row(String label, String value) {
        out.println(String.format(Locale.ROOT, "  %-16s %s", label, value));
    }

    /** The text on one line, with escapes for what would move the cursor or change colours. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\n') {
                printable.append("\\n");
            } else if (c == '\t') {
                printable.append("\\t");
            } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                printable.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                printable.appendCodePoint(c);
            }
        });
        return printable.toString();
    }
}
