package io.github.llamacpp4j.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * llama.cpp's samplers written again as plainly as possible, on lists and doubles: the oracle of the sampling tests. Sums of
 * probabilities stay in single precision, as there, because they decide where a set ends.
 */
final class ReferenceSamplers {

    /** A token with its logit and probability. */
    static final class Entry {
        final int token;
        double logit;
        double p;

        Entry(int token, double logit) {
            this.token = token;
            this.logit = logit;
        }
    }

    private static final Comparator<Entry> LARGEST_FIRST =
            Comparator.comparingDouble((Entry e) -> -e.logit).thenComparingInt(e -> e.token);

    private ReferenceSamplers() {}

    static List<Entry> row(float[] logits) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < logits.length; i++) {
            entries.add(new Entry(i, logits[i]));
        }
        return entries;
    }

    /** The candidates that the default order leaves, with their final probabilities; XTC is left to its own test. */
    static List<Entry> run(SamplingOptions options, float[] logits, List<Integer> history, Set<Integer> breakers) {
        List<Entry> entries = row(logits);
        for (LogitBias bias : options.logitBias()) {
            entries.get(bias.token()).logit += bias.bias();
        }
        for (SamplerKind kind : options.order().samplers()) {
            entries = switch (kind) {
                case PENALTIES -> penalties(entries, options, history);
                case DRY -> dry(entries, options, history, breakers);
                case TOP_N_SIGMA -> topNSigma(entries, options.topNSigma());
                case TOP_K -> options.topK() > 0 ? topK(entries, options.topK()) : entries;
                case TYPICAL_P -> typical(entries, options.typicalP(), options.minKeep());
                case TOP_P -> topP(entries, options.topP(), options.minKeep());
                case MIN_P -> minP(entries, options.minP(), options.minKeep());
                case TEMPERATURE -> temperature(entries, options);
                case XTC, ADAPTIVE_P -> entries;
            };
        }
        softmax(entries);
        return entries;
    }

    static void softmax(List<Entry> entries) {
        double max = entries.stream().mapToDouble(e -> e.logit).max().orElseThrow();
        float sum = 0;
        for (Entry e : entries) {
            e.p = Math.exp(e.logit - max);
            sum += (float) e.p;
        }
        for (Entry e : entries) {
            e.p /= sum;
        }
    }

    static List<Entry> penalties(List<Entry> entries, SamplingOptions options, List<Integer> history) {
        List<Integer> window =
                history.subList(Math.max(0, history.size() - options.penaltyLastTokens()), history.size());
        for (Entry e : entries) {
            long count = window.stream().filter(t -> t == e.token).count();
            if (count > 0) {
                e.logit = e.logit <= 0 ? e.logit * options.repeatPenalty() : e.logit / options.repeatPenalty();
                e.logit -= count * options.frequencyPenalty() + options.presencePenalty();
            }
        }
        return entries;
    }

    static List<Entry> dry(List<Entry> entries, SamplingOptions options, List<Integer> history, Set<Integer> breakers) {
        List<Integer> window = history.subList(Math.max(0, history.size() - options.dryLastTokens()), history.size());
        int size = window.size();
        int limit = size;
        for (int i = size - 1; i >= 0; i--) {
            if (breakers.contains(window.get(i))) {
                limit = size - 1 - i;
                break;
            }
        }
        if (options.dryMultiplier() == 0 || size <= options.dryAllowedLength() || limit < options.dryAllowedLength()) {
            return entries;
        }
        Map<Integer, Integer> longest = new HashMap<>();
        for (int end = 0; end < size - 1; end++) {
            int length = 0;
            while (length < limit && length <= end && window.get(end - length).equals(window.get(size - 1 - length))) {
                length++;
            }
            if (length >= options.dryAllowedLength()) {
                longest.merge(window.get(end + 1), length, Math::max);
            }
        }
        for (Entry e : entries) {
            if (longest.containsKey(e.token) && !breakers.contains(e.token)) {
                e.logit -= options.dryMultiplier()
                        * Math.pow(options.dryBase(), longest.get(e.token) - options.dryAllowedLength());
            }
        }
        return entries;
    }

    static List<Entry> topNSigma(List<Entry> entries, double n) {
        if (n <= 0 || entries.size() <= 1) {
            return entries;
        }
        double[] valid = entries.stream()
                .mapToDouble(e -> e.logit)
                .filter(Double::isFinite)
                .toArray();
        double mean = java.util.Arrays.stream(valid).average().orElseThrow();
        double max = java.util.Arrays.stream(valid).max().orElseThrow();
        double deviation = Math.sqrt(java.util.Arrays.stream(valid)
                .map(l -> (l - mean) * (l - mean))
                .average()
                .orElseThrow());
        entries.stream().filter(e -> e.logit < max - n * deviation).forEach(e -> e.logit = Double.NEGATIVE_INFINITY);
        return entries;
    }

    static List<Entry> topK(List<Entry> entries, int k) {
        return new ArrayList<>(entries.stream().sorted(LARGEST_FIRST).limit(k).toList());
    }

    static List<Entry> typical(List<Entry> entries, double p, int minKeep) {
        if (p >= 1) {
            return entries;
        }
        softmax(entries);
        double entropy = entries.stream()
                .filter(e -> e.p > 0)
                .mapToDouble(e -> -e.p * Math.log(e.p))
                .sum();
        List<Entry> order = entries.stream()
                .sorted(LARGEST_FIRST)
                .sorted(Comparator.comparingDouble(e -> Math.abs(-Math.log(e.p) - entropy)))
                .toList();
        return upTo(order, p, minKeep, true);
    }

    static List<Entry> topP(List<Entry> entries, double p, int minKeep) {
        if (p >= 1) {
            return entries;
        }
        softmax(entries);
        return upTo(entries.stream().sorted(LARGEST_FIRST).toList(), p, minKeep, false);
    }

    private static List<Entry> upTo(List<Entry> order, double p, int minKeep, boolean beyond) {
        float sum = 0;
        for (int i = 0; i < order.size(); i++) {
            sum += (float) order.get(i).p;
            if ((beyond ? sum > (float) p : sum >= (float) p) && i + 1 >= minKeep) {
                return new ArrayList<>(order.subList(0, i + 1));
            }
        }
        return new ArrayList<>(order);
    }

    static List<Entry> minP(List<Entry> entries, double p, int minKeep) {
        if (p <= 0) {
            return entries;
        }
        double max = entries.stream().mapToDouble(e -> e.logit).max().orElseThrow();
        List<Entry> kept =
                entries.stream().filter(e -> e.logit >= max + Math.log(p)).toList();
        return kept.size() >= minKeep ? new ArrayList<>(kept) : topK(entries, minKeep);
    }

    static List<Entry> temperature(List<Entry> entries, SamplingOptions options) {
        double temperature = options.temperature();
        if (options.dynamicTemperatureRange() > 0) {
            if (entries.size() <= 1) {
                return entries;
            }
            entries = topK(entries, entries.size());
            softmax(entries);
            float entropy = 0;
            for (Entry e : entries) {
                entropy -= e.p > 0 ? (float) (e.p * Math.log(e.p)) : 0;
            }
            double low = Math.max(0, temperature - options.dynamicTemperatureRange());
            double high = temperature + options.dynamicTemperatureRange();
            temperature = low
                    + (high - low) * Math.pow(entropy / Math.log(entries.size()), options.dynamicTemperatureExponent());
        }
        if (temperature <= 0) {
            Entry best = entries.stream().min(LARGEST_FIRST).orElseThrow();
            entries.stream().filter(e -> e != best).forEach(e -> e.logit = Double.NEGATIVE_INFINITY);
            return entries;
        }
        for (Entry e : entries) {
            e.logit /= temperature;
        }
        return entries;
    }
}
