package io.github.llamacpp4j.store;

import io.github.llamacpp4j.gguf.GgufSplit;
import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Chooses the files of a repository that make up a model, with the names and digests that the repository tells. */
final class HuggingFaceFiles {

    private static final int MAX_LIST_BYTES = 16 << 20;
    private static final int MAX_PAGES = 50;
    private static final List<String> PREFERRED = List.of("Q4_K_M", "Q8_0");
    private static final Pattern NEXT_PAGE = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"next\"");

    private final WebClient web;

    HuggingFaceFiles(WebClient web) {
        this.web = web;
    }

    /** The files of the model: one, or all parts of a split one. */
    List<RemoteFile> resolve(ModelSource.HuggingFace source) {
        Map<String, Alias.Pin> files;
        try {
            files = list(source);
        } catch (StoreException e) {
            if (source.selectsPath() && e.kind() == Kind.NOT_FOUND) {
                // A proxy in front of the hub may serve files without the list of them.
                files = GgufSplit.names(source.selection()).stream()
                        .collect(Collectors.toMap(Function.identity(), path -> Alias.Pin.NONE));
            } else {
                throw e;
            }
        }
        List<String> models = files.keySet().stream()
                .filter(HuggingFaceFiles::isModel)
                .sorted(Comparator.naturalOrder())
                .toList();
        String chosen = choose(source, models);
        List<RemoteFile> parts = new ArrayList<>();
        for (String path : GgufSplit.names(chosen)) {
            Alias.Pin pin = files.get(path);
            if (pin == null) {
                throw new StoreException(Kind.NOT_FOUND, source + ": the part " + path + " is missing");
            }
            parts.add(new RemoteFile(address(source, path), path.substring(path.lastIndexOf('/') + 1), pin));
        }
        return parts;
    }

    private static boolean isModel(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        return lower.endsWith(".gguf") && !lower.contains("mmproj") && !lower.contains("imatrix");
    }

    private static String choose(ModelSource.HuggingFace source, List<String> models) {
        if (models.isEmpty()) {
            throw new StoreException(
                    Kind.NOT_FOUND, source + " holds no GGUF file: look for a repository with GGUF in its name");
        }
        if (source.selectsPath()) {
            if (models.contains(source.selection())) {
                return source.selection();
            }
            throw new StoreException(
                    Kind.NOT_FOUND, source + ": no such file. There are: " + String.join(", ", shortened(models)));
        }
        List<String> wanted = source.selection().isEmpty() ? PREFERRED : List.of(source.selection());
        for (String quantization : wanted) {
            Pattern pattern =
                    Pattern.compile("(^|[./_-])" + Pattern.quote(quantization) + "[./-]", Pattern.CASE_INSENSITIVE);
            Optional<String> match =
                    models.stream().filter(path -> pattern.matcher(path).find()).findFirst();
            if (match.isPresent()) {
                return match.get();
            }
        }
        if (source.selection().isEmpty()) {
            return models.getFirst();
        }
        throw new StoreException(
                Kind.NOT_FOUND,
                source + ": no file for " + source.selection() + ". There are: "
                        + String.join(", ", shortened(models)));
    }

    private static List<String> shortened(List<String> models) {
        return models.size() <= 40 ? models : models.subList(0, 40);
    }

    private URI address(ModelSource.HuggingFace source, String path) {
        return at("/" + source.owner() + "/" + source.repository() + "/resolve/" + source.revision() + "/" + path, "");
    }

    private URI at(String path, String query) {
        URI endpoint = web.options().huggingFaceEndpoint();
        String base = endpoint.getPath() == null ? "" : endpoint.getPath().replaceAll("/+$", "");
        try {
            return new URI(
                    endpoint.getScheme(),
                    null,
                    endpoint.getHost(),
                    endpoint.getPort(),
                    base + path,
                    query.isEmpty() ? null : query,
                    null);
        } catch (URISyntaxException e) {
            throw new StoreException(Kind.NOT_FOUND, "cannot make an address of " + path, e);
        }
    }

    private Map<String, Alias.Pin> list(ModelSource.HuggingFace source) {
        Map<String, Alias.Pin> files = new LinkedHashMap<>();
        Optional<URI> page = Optional.of(at(
                "/api/models/" + source.owner() + "/" + source.repository() + "/tree/" + source.revision(),
                "recursive=true"));
        for (int i = 0; i < MAX_PAGES && page.isPresent(); i++) {
            page = readPage(page.get(), files);
        }
        return files;
    }

    /** Adds the files of a page; returns the address of the next one. */
    private Optional<URI> readPage(URI page, Map<String, Alias.Pin> files) {
        try (WebClient.Answer answer = web.get(page, Map.of("Accept", "application/json"));
                StallGuard guard = new StallGuard(answer.body(), web.options().stallTimeout())) {
            if (answer.status() != 200) {
                throw web.refused(page, answer);
            }
            byte[] bytes = guard.stream().readNBytes(MAX_LIST_BYTES + 1);
            if (bytes.length > MAX_LIST_BYTES) {
                throw new StoreException(
                        Kind.TOO_LARGE, page + " sends a list of more than " + MAX_LIST_BYTES + " bytes");
            }
            add(JsonReader.read(new String(bytes, StandardCharsets.UTF_8)), files);
            return answer.headers().allValues("Link").stream()
                    .map(NEXT_PAGE::matcher)
                    .filter(Matcher::find)
                    .map(link -> page.resolve(link.group(1)))
                    .findFirst();
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    Kind.NETWORK,
                    page + " does not answer like Hugging Face: " + e.getMessage() + ". Check HF_ENDPOINT.",
                    e);
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new StoreException(Kind.INTERRUPTED, "interrupted while listing " + page, e);
            }
            throw new StoreException(Kind.NETWORK, "cannot list " + page + ": " + e.getMessage(), e);
        }
    }

    private static void add(@Nullable Object list, Map<String, Alias.Pin> files) {
        if (!(list instanceof List<?> entries)) {
            throw new IllegalArgumentException("expected a list of files");
        }
        for (Object entry : entries) {
            if (entry instanceof Map<?, ?> file
                    && "file".equals(file.get("type"))
                    && file.get("path") instanceof String path) {
                files.put(path, pin(file));
            }
        }
    }

    /** A file in large-file storage is named by its SHA-256 there; another file has no digest that helps. */
    private static Alias.Pin pin(Map<?, ?> file) {
        long size = file.get("size") instanceof Double bytes ? bytes.longValue() : -1;
        if (file.get("lfs") instanceof Map<?, ?> lfs
                && lfs.get("oid") instanceof String oid
                && oid.matches("[0-9a-f]{64}")) {
            return new Alias.Pin(oid, size);
        }
        return new Alias.Pin("", size);
    }
}
