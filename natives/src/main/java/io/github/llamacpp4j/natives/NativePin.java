package io.github.llamacpp4j.natives;

/**
 * One prebuilt native set, pinned: which npm package, and what its tarball must hash to.
 *
 * @param platform the platform it runs on
 * @param backend the name of the set, for example {@code cpu} or {@code metal}
 * @param release the llama.cpp release inside, for example {@code v0.5.0}
 * @param packageName the npm package
 * @param version the exact version of the package
 * @param packageBytes the size of the tarball in bytes
 * @param integrity the tarball's hash as npm writes it: {@code sha512-} and Base64
 */
public record NativePin(
        NativePlatform platform,
        String backend,
        String release,
        String packageName,
        String version,
        long packageBytes,
        String integrity) {

    /** The package with its version, as npm takes it. */
    public String packageSpec() {
        return packageName + "@" + version;
    }

    /** A short name for people, for example {@code linux-x64 cpu v0.5.0}. */
    public String title() {
        return platform.id() + " " + backend + " " + release;
    }
}
