package io.github.llamacpp4j.gguf;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The place of a file in a model that is split over several files, named {@code <model>-00001-of-00005.gguf} and so on.
 * Immutable and thread-safe.
 *
 * @param index number of this file, from 0 ({@code split.no})
 * @param count how many files make up the model ({@code split.count})
 * @param tensorCount how many tensors all files hold together ({@code split.tensors.count})
 */
public record GgufSplit(int index, int count, long tensorCount) {

    private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

    /** Checks the numbers. */
    public GgufSplit {
        if (count < 1 || index < 0 || index >= count || tensorCount < 0) {
            throw new IllegalArgumentException(
                    "part " + index + " of " + count + " with " + tensorCount + " tensors is no split");
        }
    }

    /**
     * The names of all parts of a split model, in order.
     *
     * @param name the file name of any part, folders in front allowed
     * @return one name per part; only {@code name} itself where it is not the name of a part
     */
    public static List<String> names(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return List.of(name);
        }
        int count = Integer.parseInt(parts.group(3));
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", parts.group(1), i, count))
                .toList();
    }

    /** The paths of all parts of the model that {@code part} belongs to, in order; see {@link #names}. */
    public static List<Path> paths(Path part) {
        return names(String.valueOf(part.getFileName())).stream()
                .map(part::resolveSibling)
                .toList();
    }
}
