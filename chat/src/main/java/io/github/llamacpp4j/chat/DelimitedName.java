package io.github.llamacpp4j.chat;

import java.util.function.IntFunction;

/** A name up to the delimiter that ends it, of which only a part may have come. */
final class DelimitedName {
    private final Source source;
    private int start;
    private int scanned;

    DelimitedName(Source source) {
        this.source = source;
    }

    /** Begins at the source's position. */
    void begin() {
        start = source.position();
        scanned = start;
    }

    /** DONE where the delimiter was found; REJECT where the name is too long. */
    Step find(String delimiter) {
        return find(index -> source.literalAt(index, delimiter));
    }

    /** As {@link #find(String)}, of any delimiter that stands at an index. */
    Step find(IntFunction<Source.Match> delimiterAt) {
        while (scanned < source.length()) {
            Source.Match match = delimiterAt.apply(scanned);
            if (match == Source.Match.YES) {
                return Step.DONE;
            }
            if (match == Source.Match.MORE) {
                return Step.MORE;
            }
            scanned++;
            if (scanned - start > NamedCallReader.MAX_NAME) {
                source.moveTo(scanned);
                return Step.REJECT;
            }
        }
        return Step.MORE;
    }

    /** The name that ends with the delimiter that was found; moves behind {@code delimiter}. */
    String take(String delimiter) {
        String name = source.slice(start, scanned);
        source.moveTo(scanned + delimiter.length());
        return name;
    }
}
