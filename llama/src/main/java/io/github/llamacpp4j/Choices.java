package io.github.llamacpp4j;

import java.util.Comparator;
import java.util.List;

/**
 * How likely a model finds each of a closed set of answers. Immutable and thread-safe.
 *
 * @param options the answers in the order in which they were given
 */
public record Choices(List<Option> options) {

    /**
     * One answer.
     *
     * @param text the answer
     * @param logProbability the natural logarithm of the probability that the model writes exactly this and ends: the sum over its
     *     tokens and the end, before any sampler; negative infinity if it cannot
     * @param probability its share of the probabilities of all options; they add up to 1
     */
    public record Option(String text, double logProbability, double probability) {}

    /** Copies the list. */
    public Choices {
        options = List.copyOf(options);
        if (options.isEmpty()) {
            throw new IllegalArgumentException("a choice needs at least one option");
        }
    }

    /** The most likely answer; of equally likely ones the first. */
    public Option best() {
        return options.stream()
                .reduce((best, each) -> each.probability() > best.probability() ? each : best)
                .orElseThrow();
    }

    /** The answers, the most likely first. */
    public List<Option> ranked() {
        return options.stream()
                .sorted(Comparator.comparingDouble(Option::probability).reversed())
                .toList();
    }

    /** Shares from logarithms. */
    static Choices of(List<String> texts, double[] logProbabilities) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double each : logProbabilities) {
            largest = Math.max(largest, each);
        }
        double sum = 0;
        for (double each : logProbabilities) {
            sum += share(each, largest);
        }
        Option[] options = new Option[texts.size()];
        for (int i = 0; i < options.length; i++) {
            options[i] = new Option(texts.get(i), logProbabilities[i], share(logProbabilities[i], largest) / sum);
        }
        return new Choices(List.of(options));
    }

    private static double share(double logProbability, double largest) {
        return largest == Double.NEGATIVE_INFINITY ? 1 : Math.exp(logProbability - largest);
    }
}
