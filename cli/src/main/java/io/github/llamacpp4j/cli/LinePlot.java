package io.github.llamacpp4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A plot of lines through points, as SVG. The horizontal axis is logarithmic, the vertical one begins at zero. Not thread-safe. */
final class LinePlot {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 64;
    private static final int RIGHT = 24;
    private static final int TOP = 40;
    private static final int BOTTOM = 56;
    private static final int TICKS = 5;
    private static final List<String> COLOURS = List.of("#1b6ac9", "#d1591f", "#2b8a3e", "#7b3fa0");

    private record Point(double x, double y) {}

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final Map<String, List<Point>> lines = new LinkedHashMap<>();

    LinePlot(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** Adds a point to a line; {@code x} is positive, {@code y} not negative. */
    void add(String line, double x, double y) {
        lines.computeIfAbsent(line, name -> new ArrayList<>()).add(new Point(x, y));
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    String svg() {
        List<Double> xs = points().stream().map(Point::x).distinct().sorted().toList();
        double step = niceStep(points().stream().mapToDouble(Point::y).max().orElse(1) / TICKS);
        double top = step * TICKS;
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\" ".formatted(WIDTH, HEIGHT))
                .append("font-family=\"sans-serif\" font-size=\"12\">\n")
                .append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        text(svg, WIDTH / 2.0, 22, "middle", title);
        text(svg, (WIDTH + LEFT - RIGHT) / 2.0, HEIGHT - 12, "middle", xLabel);
        text(svg, 8, TOP - 12, "start", yLabel);
        for (int tick = 0; tick <= TICKS; tick++) {
            double y = y(tick * step, top);
            svg.append(line(LEFT, y, WIDTH - RIGHT, y));
            text(svg, LEFT - 8, y + 4, "end", number(tick * step));
        }
        for (double x : xs) {
            text(svg, x(x, xs), HEIGHT - BOTTOM + 20, "middle", number(x));
        }
        int index = 0;
        for (Map.Entry<String, List<Point>> entry : lines.entrySet()) {
            appendLine(svg, entry.getKey(), entry.getValue(), xs, top, index++);
        }
        return svg.append("</svg>\n").toString();
    }

    private void appendLine(
            StringBuilder svg, String name, List<Point> points, List<Double> xs, double top, int index) {
        String colour = COLOURS.get(index % COLOURS.size());
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append("%s,%s ".formatted(number(x(point.x(), xs)), number(y(point.y(), top))));
        }
        svg.append("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>\n"
                .formatted(colour, path.toString().strip()));
        for (Point point : points) {
            svg.append("<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" fill=\"%s\"/>\n"
                    .formatted(number(x(point.x(), xs)), number(y(point.y(), top)), colour));
        }
        double y = TOP + 16.0 * (index + 1);
        svg.append("<rect x=\"%s\" y=\"%s\" width=\"12\" height=\"3\" fill=\"%s\"/>\n"
                .formatted(LEFT + 12, number(y - 5), colour));
        text(svg, LEFT + 30, y, "start", name);
    }

    private List<Point> points() {
        return lines.values().stream().flatMap(List::stream).toList();
    }

    private static double x(double value, List<Double> xs) {
        double from = Math.log(xs.getFirst());
        double to = Math.log(xs.getLast());
        double part = to > from ? (Math.log(value) - from) / (to - from) : 0.5;
        return LEFT + 16 + part * (WIDTH - LEFT - RIGHT - 32);
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
    }

    private static double niceStep(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(atLeast, 1e-9))));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (factor * power >= atLeast) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String line(double x1, double y1, double x2, double y2) {
        return "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"#ddd\"/>\n"
                .formatted(number(x1), number(y1), number(x2), number(y2));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n"
                .formatted(number(x), number(y), anchor, escape(text)));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
    }
}
