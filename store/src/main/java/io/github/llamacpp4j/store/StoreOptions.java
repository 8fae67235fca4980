package io.github.llamacpp4j.store;

import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a {@link ModelStore} fetches. Immutable and thread-safe. */
public final class StoreOptions {

    private final boolean offline;
    private final URI huggingFaceEndpoint;
    private final @Nullable String huggingFaceToken;
    private final long maxFileBytes;
    private final Duration connectTimeout;
    private final Duration stallTimeout;
    private final int attempts;
    private final Duration retryPause;
    private final ProxySelector proxies;

    private StoreOptions(Builder builder) {
        this.offline = builder.offline;
        this.huggingFaceEndpoint = builder.huggingFaceEndpoint;
        this.huggingFaceToken = builder.huggingFaceToken;
        this.maxFileBytes = builder.maxFileBytes;
        this.connectTimeout = builder.connectTimeout;
        this.stallTimeout = builder.stallTimeout;
        this.attempts = builder.attempts;
        this.retryPause = builder.retryPause;
        this.proxies = builder.proxies;
    }

    /** The options without regard to the environment. */
    public static StoreOptions defaults() {
        return builder().build();
    }

    /**
     * The options with the token of {@code HF_TOKEN}, the endpoint of {@code HF_ENDPOINT} and the proxies of
     * {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} (in lower case too), where those are set.
     *
     * @throws IllegalArgumentException if {@code HF_ENDPOINT} is no http address
     */
    public static StoreOptions fromEnvironment() {
        Builder builder = builder().proxies(EnvironmentProxies.of(System.getenv(), ProxySelector.getDefault()));
        String token = System.getenv("HF_TOKEN");
        if (token != null && !token.isBlank()) {
            builder.huggingFaceToken(token.strip());
        }
        String endpoint = System.getenv("HF_ENDPOINT");
        if (endpoint != null && !endpoint.isBlank()) {
            builder.huggingFaceEndpoint(URI.create(endpoint.strip()));
        }
        return builder.build();
    }

    /** A builder that starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these options. */
    public Builder toBuilder() {
        Builder builder = new Builder()
                .offline(offline)
                .huggingFaceEndpoint(huggingFaceEndpoint)
                .maxFileBytes(maxFileBytes)
                .connectTimeout(connectTimeout)
                .stallTimeout(stallTimeout)
                .attempts(attempts)
                .retryPause(retryPause)
                .proxies(proxies);
        return huggingFaceToken == null ? builder : builder.huggingFaceToken(huggingFaceToken);
    }

    /** Whether nothing may be downloaded; default false. Copying from {@code file:} stays possible. */
    public boolean offline() {
        return offline;
    }

    /** Where Hugging Face, or a mirror of it, answers; default {@code https://huggingface.co}. */
    public URI huggingFaceEndpoint() {
        return huggingFaceEndpoint;
    }

    /** The token sent to {@link #huggingFaceEndpoint()} and nowhere else; none by default. */
    public Optional<String> huggingFaceToken() {
        return Optional.ofNullable(huggingFaceToken);
    }

    /** The largest file that is fetched, in bytes; default 2 TiB. */
    public long maxFileBytes() {
        return maxFileBytes;
    }

    /** How long a server may take to accept a connection; default 30 seconds. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** How long a server may send nothing before the connection counts as cut; default 60 seconds. */
    public Duration stallTimeout() {
        return stallTimeout;
    }

    /** How often in a row a download may fail without one new byte before it is given up; default 5. */
    public int attempts() {
        return attempts;
    }

    /** How long to wait before the second try; each further pause is twice as long, up to 15 seconds. Default 0.5 s. */
    public Duration retryPause() {
        return retryPause;
    }

    /** Which proxy an address is asked through; by default the JVM's own choice. */
    public ProxySelector proxies() {
        return proxies;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {

        private boolean offline;
        private URI huggingFaceEndpoint = URI.create("https://huggingface.co");
        private @Nullable String huggingFaceToken;
        private long maxFileBytes = 2L << 40;
        private Duration connectTimeout = Duration.ofSeconds(30);
        private Duration stallTimeout = Duration.ofSeconds(60);
        private int attempts = 5;
        private Duration retryPause = Duration.ofMillis(500);
        private ProxySelector proxies = ProxySelector.getDefault();

        private Builder() {}

        /** See {@link StoreOptions#offline()}. */
        public Builder offline(boolean value) {
            this.offline = value;
            return this;
        }

        /** See {@link StoreOptions#huggingFaceEndpoint()}. */
        public Builder huggingFaceEndpoint(URI value) {
            this.huggingFaceEndpoint = value;
            return this;
        }

        /** See {@link StoreOptions#huggingFaceToken()}. */
        public Builder huggingFaceToken(String value) {
            this.huggingFaceToken = value;
            return this;
        }

        /** See {@link StoreOptions#maxFileBytes()}. */
        public Builder maxFileBytes(long value) {
            this.maxFileBytes = value;
            return this;
        }

        /** See {@link StoreOptions#connectTimeout()}. */
        public Builder connectTimeout(Duration value) {
            this.connectTimeout = value;
            return this;
        }

        /** See {@link StoreOptions#stallTimeout()}. */
        public Builder stallTimeout(Duration value) {
            this.stallTimeout = value;
            return this;
        }

        /** See {@link StoreOptions#attempts()}. */
        public Builder attempts(int value) {
            this.attempts = value;
            return this;
        }

        /** See {@link StoreOptions#retryPause()}. */
        public Builder retryPause(Duration value) {
            this.retryPause = value;
            return this;
        }

        /** See {@link StoreOptions#proxies()}. */
        public Builder proxies(ProxySelector value) {
            this.proxies = value;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if the endpoint is no http address or a limit is not positive
         */
        public StoreOptions build() {
            String scheme = String.valueOf(huggingFaceEndpoint.getScheme());
            if (huggingFaceEndpoint.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
                throw new IllegalArgumentException(
                        "the Hugging Face endpoint must be an http or https address, found " + huggingFaceEndpoint);
            }
            if (maxFileBytes < 1
                    || attempts < 1
                    || !connectTimeout.isPositive()
                    || !stallTimeout.isPositive()
                    || retryPause.isNegative()) {
                throw new IllegalArgumentException("maxFileBytes, attempts and the timeouts must be positive");
            }
            return new StoreOptions(this);
        }
    }
}
