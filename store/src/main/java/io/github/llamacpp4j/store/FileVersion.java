package io.github.llamacpp4j.store;

import java.nio.file.Path;
import java.util.Properties;

/**
 * The version of a file that a {@code .part} file belongs to, as the server told it when the download began.
 *
 * @param validator its strong ETag, or else the date of its last change; empty if the server told neither
 * @param sizeBytes its size; -1 if the server did not tell
 */
record FileVersion(String validator, long sizeBytes) {

    private static final String VALIDATOR = "validator";
    private static final String SIZE = "size";
    private static final String ETAG = "ETag";
    private static final String LAST_MODIFIED = "Last-Modified";

    static FileVersion of(WebClient.Answer answer, long sizeBytes) {
        String validator = answer.header(ETAG)
                .filter(tag -> !tag.startsWith("W/"))
                .or(() -> answer.header(LAST_MODIFIED))
                .orElse("");
        return new FileVersion(validator, sizeBytes);
    }

    static FileVersion load(Path file) {
        Properties properties = Disk.load(file);
        String size = properties.getProperty(SIZE, "");
        return new FileVersion(
                properties.getProperty(VALIDATOR, ""), size.matches("\\d{1,18}") ? Long.parseLong(size) : -1);
    }

    void save(Path file) {
        Properties properties = new Properties();
        properties.setProperty(VALIDATOR, validator);
        properties.setProperty(SIZE, Long.toString(sizeBytes));
        Disk.save(properties, file);
    }

    /** Whether a part belongs to another version: not every server heeds {@code If-Range}. */
    boolean excludes(WebClient.Answer part, long totalBytes) {
        String header = validator.startsWith("\"") ? ETAG : LAST_MODIFIED;
        boolean changed = !validator.isEmpty()
                && part.header(header).filter(now -> !now.equals(validator)).isPresent();
        return changed || (totalBytes >= 0 && sizeBytes >= 0 && totalBytes != sizeBytes);
    }
}
