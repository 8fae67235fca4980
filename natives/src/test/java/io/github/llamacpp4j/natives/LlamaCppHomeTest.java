package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LlamaCppHomeTest {

    private static Path home(Map<String, String> properties, Map<String, String> environment) {
        return LlamaCppHome.of(new Surroundings(environment::get, properties::get))
                .directory();
    }

    @Test
    void thePropertyGoesBeforeTheVariable() {
        Map<String, String> variable = Map.of("LLAMACPP4J_HOME", "/by/variable");
        assertThat(home(Map.of("os.name", "Linux"), variable)).isEqualTo(Path.of("/by/variable"));
        assertThat(home(Map.of("os.name", "Linux", "llamacpp4j.home", "/by/property"), variable))
                .isEqualTo(Path.of("/by/property"));
    }

    @Test
    void aBlankSettingIsNoSetting() {
        assertThat(home(Map.of("os.name", "Linux", "user.home", "/home/u"), Map.of("LLAMACPP4J_HOME", " ")))
                .isEqualTo(Path.of("/home/u/.cache/llamacpp4j"));
    }

    @Test
    void linuxFollowsTheXdgSpecification() {
        Map<String, String> linux = Map.of("os.name", "Linux", "user.home", "/home/ü");
        assertThat(home(linux, Map.of())).isEqualTo(Path.of("/home/ü/.cache/llamacpp4j"));
        assertThat(home(linux, Map.of("HOME", "/elsewhere"))).isEqualTo(Path.of("/elsewhere/.cache/llamacpp4j"));
        assertThat(home(linux, Map.of("XDG_CACHE_HOME", "/var/cache/u"))).isEqualTo(Path.of("/var/cache/u/llamacpp4j"));
        assertThat(home(linux, Map.of("XDG_CACHE_HOME", "relative"))).isEqualTo(Path.of("/home/ü/.cache/llamacpp4j"));
    }

    @Test
    void macAndWindowsHaveTheirOwnPlaces() {
        assertThat(home(Map.of("os.name", "Mac OS X", "user.home", "/Users/u"), Map.of()))
                .isEqualTo(Path.of("/Users/u/Library/Caches/llamacpp4j"));
        assertThat(home(Map.of("os.name", "Windows 11", "user.home", "/u"), Map.of("LOCALAPPDATA", "/u/Local")))
                .isEqualTo(Path.of("/u/Local/llamacpp4j"));
    }

    @Test
    void theDirectoryIsAbsolute() {
        assertThat(new LlamaCppHome(Path.of("a/../b")).directory()).isAbsolute().endsWithRaw(Path.of("b"));
    }
}
