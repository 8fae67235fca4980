package io.github.llamacpp4j.cli;

import java.util.Map;

/**
 * One point of a benchmark under load.
 *
 * @param table the table it belongs to
 * @param point its row
 * @param round one round on one target; the metrics by name
 */
record Workload(String table, String point, Round round) {

    /** Sends what the point is about and measures. */
    @FunctionalInterface
    interface Round {
        Map<String, Double> on(LoadTarget target);
    }
}
