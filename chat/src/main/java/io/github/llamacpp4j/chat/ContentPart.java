package io.github.llamacpp4j.chat;

import java.util.Objects;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * One part of a message's content. Only {@link Text} can be rendered today; {@link Image} and {@link Audio} are reserved
 * so that a conversation can carry them without loss. Immutable and safe for use by several threads.
 */
@JsonSerialize(using = JacksonBinding.Writer.class)
@JsonDeserialize(using = JacksonBinding.PartReader.class)
public sealed interface ContentPart {

    /** Plain text; may be empty. */
    record Text(String text) implements ContentPart {
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /** A picture: an {@code http(s):} or {@code data:} URL. */
    record Image(String url) implements ContentPart {
        public Image {
            Objects.requireNonNull(url, "url");
        }
    }

    /** Sound: base64 data and its format, for example {@code wav}. */
    record Audio(String data, String format) implements ContentPart {
        public Audio {
            Objects.requireNonNull(data, "data");
            Objects.requireNonNull(format, "format");
        }
    }

    static ContentPart text(String text) {
        return new Text(text);
    }
}
