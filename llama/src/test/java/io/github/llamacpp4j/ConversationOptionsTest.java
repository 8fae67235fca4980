package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ConversationOptionsTest {

    @Test
    void theRoomForAnAnswerFollowsFromItsLengthButLeavesMostOfTheContext() {
        ConversationOptions defaults = ConversationOptions.defaults();
        assertThat(defaults.answerTokens(8192)).isEqualTo(256);
        assertThat(defaults.answerTokens(400)).isEqualTo(100);
        ConversationOptions brief =
                ConversationOptions.builder().chat(chat -> chat.maxTokens(10)).build();
        assertThat(brief.answerTokens(8192)).isEqualTo(10);
        ConversationOptions chosen = brief.toBuilder().answerTokens(1000).build();
        assertThat(chosen.answerTokens(8192)).isEqualTo(1000);
        assertThat(chosen.answerTokens(512)).isEqualTo(511);
        assertThat(chosen.toBuilder().build().answerTokens(2048)).isEqualTo(1000);
    }

    @Test
    void aNegativeRoomIsRefused() {
        assertThatThrownBy(() -> ConversationOptions.builder().answerTokens(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("answerTokens must be 0 or more, got -1");
    }
}
