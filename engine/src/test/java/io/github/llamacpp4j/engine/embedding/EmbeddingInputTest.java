package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddingInputTest {

    @Test
    void aTextHasNoPrefixUnlessARoleIsNamed() {
        assertThat(EmbeddingInput.text("cat")).isEqualTo(new EmbeddingInput.Text("cat", TextRole.PLAIN));
    }

    @Test
    void tokensAreThoseAtTheTimeOfMaking() {
        List<Integer> ids = new ArrayList<>(List.of(1, 2));
        EmbeddingInput.Tokens tokens = new EmbeddingInput.Tokens(ids);
        ids.set(0, 3);
        assertThat(tokens).isEqualTo(EmbeddingInput.tokens(1, 2));
    }

    @Test
    void noTokensAreRefused() {
        assertThatThrownBy(EmbeddingInput::tokens)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected at least one token, found none");
    }
}
