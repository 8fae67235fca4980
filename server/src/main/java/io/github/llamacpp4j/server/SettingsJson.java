package io.github.llamacpp4j.server;

import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.Mirostat;
import io.github.llamacpp4j.engine.SamplingOptions;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How texts are generated, named as the fields of requests are. */
final class SettingsJson {

    private SettingsJson() {}

    static ObjectNode of(GenerationOptions options) {
        EngineRequest request = options.request(0);
        SamplingOptions sampling = options.sampling();
        ObjectNode json = Json.object();
        json.put("n_predict", request.maxTokens().orElse(-1));
        json.put("seed", sampling.seed().orElse(-1));
        json.put("temperature", sampling.temperature());
        json.put("dynatemp_range", sampling.dynamicTemperatureRange());
        json.put("dynatemp_exponent", sampling.dynamicTemperatureExponent());
        json.put("top_k", sampling.topK());
        json.put("top_p", sampling.topP());
        json.put("min_p", sampling.minP());
        json.put("top_n_sigma", sampling.topNSigma());
        json.put("typical_p", sampling.typicalP());
        json.put("xtc_probability", sampling.xtcProbability());
        json.put("xtc_threshold", sampling.xtcThreshold());
        json.put("min_keep", sampling.minKeep());
        json.put("repeat_last_n", sampling.penaltyLastTokens());
        json.put("repeat_penalty", sampling.repeatPenalty());
        json.put("presence_penalty", sampling.presencePenalty());
        json.put("frequency_penalty", sampling.frequencyPenalty());
        json.put("dry_multiplier", sampling.dryMultiplier());
        json.put("dry_base", sampling.dryBase());
        json.put("dry_allowed_length", sampling.dryAllowedLength());
        json.put("dry_penalty_last_n", sampling.dryLastTokens());
        texts(json.putArray("dry_sequence_breakers"), sampling.drySequenceBreakers());
        json.put("mirostat", version(sampling.mirostat()));
        json.put("mirostat_tau", sampling.mirostatTau());
        json.put("mirostat_eta", sampling.mirostatEta());
        json.put("ignore_eos", request.ignoreEndOfGeneration());
        texts(json.putArray("stop"), request.stopTexts());
        return json;
    }

    private static int version(Mirostat mirostat) {
        return switch (mirostat) {
            case OFF -> 0;
            case V1 -> 1;
            case V2 -> 2;
        };
    }

    private static void texts(ArrayNode array, Iterable<String> texts) {
        texts.forEach(array::add);
    }
}
