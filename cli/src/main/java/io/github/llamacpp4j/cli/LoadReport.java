package io.github.llamacpp4j.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The results of a benchmark under load, with speed-ups over one caller and, if there are two targets, the ratios of the first to
 * the second.
 *
 * @param results what was measured, the points in order and the first target first at each
 */
record LoadReport(List<LoadResult> results) {

    private static final String CONCURRENCY = "concurrency";
    private static final String SPEED = "tokens_per_second";

    private record Row(String table, String point, String target, Map<String, Double> values) {}

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        Map<String, Double> alone = new LinkedHashMap<>();
        for (LoadResult result : results) {
            Map<String, Double> values = new LinkedHashMap<>(result.medians());
            Double speed = values.get(SPEED);
            if (result.table().equals(CONCURRENCY) && speed != null) {
                values.put("speed_up", speed / alone.computeIfAbsent(result.target(), target -> speed));
            }
            rows.add(new Row(result.table(), result.point(), result.target(), values));
        }
        return withRatios(rows);
    }

    private static List<Row> withRatios(List<Row> rows) {
        List<Row> all = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            all.add(row);
            boolean second = i > 0
                    && rows.get(i - 1).point().equals(row.point())
                    && rows.get(i - 1).table().equals(row.table());
            if (second) {
                all.add(new Row(row.table(), row.point(), "ratio", ratios(rows.get(i - 1), row)));
            }
        }
        return all;
    }

    private static Map<String, Double> ratios(Row first, Row second) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        first.values().forEach((metric, value) -> {
            Double other = second.values().get(metric);
            if (other != null && other != 0) {
                ratios.put(metric, value / other);
            }
        });
        return ratios;
    }

    /** An array of objects: {@code workload}, {@code point}, {@code target}, medians by name, and each round under {@code rounds}. */
    ArrayNode json() {
        ArrayNode array = Json.MAPPER.createArrayNode();
        Map<List<String>, LoadResult> byRow = new LinkedHashMap<>();
        results.forEach(result -> byRow.put(List.of(result.table(), result.point(), result.target()), result));
        for (Row row : rows()) {
            ObjectNode object = array.addObject()
                    .put("workload", row.table())
                    .put("point", row.point())
                    .put("target", row.target());
            row.values().forEach(object::put);
            LoadResult result = byRow.get(List.of(row.table(), row.point(), row.target()));
            if (result != null) {
                ArrayNode rounds = object.putArray("rounds");
                result.rounds().forEach(round -> {
                    ObjectNode values = rounds.addObject();
                    round.forEach(values::put);
                });
            }
        }
        return array;
    }

    /** A Markdown table per workload. */
    void print(PrintStream out) {
        List<Row> rows = rows();
        Set<String> tables = new LinkedHashSet<>();
        rows.forEach(row -> tables.add(row.table()));
        for (String table : tables) {
            List<Row> own =
                    rows.stream().filter(row -> row.table().equals(table)).toList();
            Set<String> metrics = new LinkedHashSet<>();
            own.forEach(row -> metrics.addAll(row.values().keySet()));
            out.println("| " + table + " | target | "
                    + String.join(
                            " | ",
                            metrics.stream().map(m -> m.replace('_', ' ')).toList()) + " |");
            out.println("| --- | --- |" + " ---: |".repeat(metrics.size()));
            for (Row row : own) {
                StringBuilder line = new StringBuilder("| " + row.point() + " | " + row.target() + " |");
                for (String metric : metrics) {
                    Double value = row.values().get(metric);
                    line.append(' ').append(value == null ? "" : number(value)).append(" |");
                }
                out.println(line);
            }
            out.println();
        }
    }

    private static String number(double value) {
        return String.format(
                Locale.ROOT, Math.abs(value) >= 1000 ? "%.0f" : Math.abs(value) >= 100 ? "%.1f" : "%.2f", value);
    }

    /** Tokens per second over the number of callers. */
    LinePlot plot() {
        LinePlot plot = new LinePlot("Total tokens per second by concurrent callers", "callers", "tokens/s");
        for (LoadResult result : results) {
            Double speed = result.medians().get(SPEED);
            if (result.table().equals(CONCURRENCY) && speed != null) {
                plot.add(result.target(), Double.parseDouble(result.point()), speed);
            }
        }
        return plot;
    }
}
