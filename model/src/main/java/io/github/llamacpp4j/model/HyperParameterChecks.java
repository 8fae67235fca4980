package io.github.llamacpp4j.model;

import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufMetadata;
import io.github.llamacpp4j.gguf.GgufValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The settings of a model that llama.cpp asserts instead of checking ({@code llama_model_base::load_hparams} and the
 * operations of ggml that follow from them). Metadata overrides are taken into account, since they can do the same harm.
 */
final class HyperParameterChecks {

    private static final long MAX_LAYERS = 512;
    private static final long MAX_EXPERTS = 1024;
    private static final Set<String> ROPE_SCALINGS = Set.of("none", "linear", "yarn", "longrope");

    private final String architecture;
    private final GgufMetadata metadata;
    private final Map<String, MetadataOverride> overrides;

    private HyperParameterChecks(GgufMetadata metadata, List<MetadataOverride> overrides) {
        this.architecture =
                metadata.value("general.architecture").map(Object::toString).orElse("");
        this.metadata = metadata;
        this.overrides = overrides.stream().collect(Collectors.toMap(MetadataOverride::key, Function.identity()));
    }

    /** What is wrong with the settings, if anything. */
    static Optional<String> fault(GgufMetadata metadata, List<MetadataOverride> overrides) {
        HyperParameterChecks checks = new HyperParameterChecks(metadata, overrides);
        return Stream.of(checks.layers(), checks.experts(), checks.expertGroups(), checks.heads(), checks.numbers())
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> layers() {
        long layers = largest("block_count").orElse(1);
        if (layers < 1 || layers > MAX_LAYERS) {
            return wrong("block_count", "from 1 to " + MAX_LAYERS, layers);
        }
        return Stream.of("nextn_predict_layers", "posnet.block_count", "convnext.block_count")
                .filter(suffix -> largest(suffix).orElse(0) > layers)
                .findFirst()
                .flatMap(suffix -> wrong(
                        suffix,
                        "at most block_count, " + layers,
                        largest(suffix).orElse(0)));
    }

    private Optional<String> experts() {
        long experts = largest("expert_count").orElse(0);
        long used = largest("expert_used_count").orElse(0);
        boolean lenient = architecture.startsWith("hunyuan") && experts <= 1;
        if (experts < 0 || experts > MAX_EXPERTS) {
            return wrong("expert_count", "from 0 to " + MAX_EXPERTS, experts);
        }
        if (!lenient && (used < 0 || used > experts || (experts > 0 && used == 0))) {
            return wrong("expert_used_count", experts == 0 ? "0" : "from 1 to " + experts, used);
        }
        return Optional.empty();
    }

    private Optional<String> expertGroups() {
        long experts = largest("expert_count").orElse(0);
        long groups = largest("expert_group_count").orElse(0);
        long used = largest("expert_group_used_count").orElse(0);
        if (groups < 0 || (groups > 0 && groups >= experts) || (groups > 1 && experts % groups != 0)) {
            return wrong("expert_group_count", "a divisor of expert_count, " + experts + ", and less than it", groups);
        }
        if (groups > 1 && (used < 1 || used >= groups)) {
            return wrong("expert_group_used_count", "from 1 to " + (groups - 1), used);
        }
        return Optional.empty();
    }

    private Optional<String> heads() {
        OptionalLong heads = scalar("attention.head_count");
        OptionalLong keyValueHeads = scalar("attention.head_count_kv");
        if (heads.isPresent()
                && keyValueHeads.isPresent()
                && keyValueHeads.getAsLong() > 0
                && heads.getAsLong() % keyValueHeads.getAsLong() != 0) {
            return wrong(
                    "attention.head_count",
                    "a multiple of attention.head_count_kv, " + keyValueHeads.getAsLong(),
                    heads.getAsLong());
        }
        return Optional.empty();
    }

    private Optional<String> numbers() {
        Optional<String> scaling = text("rope.scaling.type").filter(name -> !ROPE_SCALINGS.contains(name));
        if (scaling.isPresent()) {
            return wrong("rope.scaling.type", "one of " + ROPE_SCALINGS, scaling.get());
        }
        return Stream.of(
                        "attention.layer_norm_epsilon",
                        "attention.layer_norm_rms_epsilon",
                        "attention.group_norm_epsilon")
                .filter(suffix -> number(suffix)
                        .filter(value -> !(value >= 0 && value < 1))
                        .isPresent())
                .findFirst()
                .flatMap(suffix -> wrong(suffix, "from 0 to 1", number(suffix).orElse(Double.NaN)));
    }

    private Optional<String> wrong(String suffix, String expected, Object found) {
        return Optional.of(
                "metadata key " + architecture + "." + suffix + ": expected " + expected + ", found " + found);
    }

    private OptionalLong scalar(String suffix) {
        String key = architecture + "." + suffix;
        if (overrides.get(key) instanceof MetadataOverride.OfInteger override) {
            return OptionalLong.of(override.value());
        }
        return metadata.value(key).orElse(null) instanceof GgufValue.IntegerValue integer
                ? OptionalLong.of(integer.value())
                : OptionalLong.empty();
    }

    /** The value, or the largest element of an array that gives it per layer. */
    private OptionalLong largest(String suffix) {
        OptionalLong scalar = scalar(suffix);
        if (scalar.isPresent()) {
            return scalar;
        }
        return metadata.value(architecture + "." + suffix).orElse(null) instanceof GgufArray array
                        && ModelFile.isInteger(array.elementType())
                ? LongStream.range(0, array.size())
                        .map(i -> array.integer((int) i))
                        .max()
                : OptionalLong.empty();
    }

    private Optional<Double> number(String suffix) {
        String key = architecture + "." + suffix;
        if (overrides.get(key) instanceof MetadataOverride.OfFloat override) {
            return Optional.of(override.value());
        }
        return metadata.value(key).orElse(null) instanceof GgufValue.FloatValue value
                ? Optional.of(value.value())
                : Optional.empty();
    }

    private Optional<String> text(String suffix) {
        String key = architecture + "." + suffix;
        if (overrides.get(key) instanceof MetadataOverride.OfString override) {
            return Optional.of(override.value());
        }
        return metadata.value(key).orElse(null) instanceof GgufValue.StringValue value
                ? Optional.of(value.value())
                : Optional.empty();
    }
}
