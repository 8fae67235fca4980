package io.github.llamacpp4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one point on one target.
 *
 * @param table the table that the point belongs to
 * @param point its row
 * @param target what was under load
 * @param rounds each round's metrics by name
 */
record LoadResult(String table, String point, String target, List<Map<String, Double>> rounds) {

    /** The median of each metric that every round has. */
    Map<String, Double> medians() {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String metric : rounds.getFirst().keySet()) {
            List<Double> values = new ArrayList<>();
            for (Map<String, Double> round : rounds) {
                @Nullable Double value = round.get(metric);
                if (value != null) {
                    values.add(value);
                }
            }
            if (values.size() == rounds.size()) {
                medians.put(metric, Workloads.median(values));
            }
        }
        return medians;
    }
}
