package io.github.llamacpp4j.cli;

import java.util.Locale;

/** Numbers as a person reads them. */
final class Sizes {

    private Sizes() {}

    /** Bytes as decimal megabytes, or gigabytes from 10,000 MB on. */
    static String megabytes(long bytes) {
        return bytes < 10_000_000_000L
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    /** A count as thousands, millions or billions. */
    static String count(long number) {
        if (number < 10_000) {
            return Long.toString(number);
        }
        if (number < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f K", number / 1e3);
        }
        return number < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f M", number / 1e6)
                : String.format(Locale.ROOT, "%.2f B", number / 1e9);
    }
}
