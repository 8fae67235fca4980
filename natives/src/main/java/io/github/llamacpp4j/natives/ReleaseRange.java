package io.github.llamacpp4j.natives;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The releases of a library that may be loaded, both ends included.
 *
 * @param oldest the oldest release, such as {@code 0.4.0}
 * @param newest the newest release, such as {@code 0.5.0}
 */
public record ReleaseRange(String oldest, String newest) {

    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})(?:-[A-Za-z0-9.]+)?");

    /** Refuses an end that is not three numbers. */
    public ReleaseRange {
        if (!isVersion(oldest) || !isVersion(newest)) {
            throw new IllegalArgumentException("expected versions such as 0.5.0, found " + oldest + " and " + newest);
        }
    }

    /** Whether a version such as {@code 0.5.0-dev} lies in the range; what follows the three numbers does not count. */
    public boolean contains(String version) {
        return isVersion(version)
                && Arrays.compare(numbers(oldest), numbers(version)) <= 0
                && Arrays.compare(numbers(version), numbers(newest)) <= 0;
    }

    private static boolean isVersion(String text) {
        return VERSION.matcher(text).matches();
    }

    private static int[] numbers(String version) {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a version: " + version);
        }
        return new int[] {
            Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3))
        };
    }

    @Override
    public String toString() {
        return oldest + " to " + newest;
    }
}
