package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatMessage.ToolMessage;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OldestTurnsTest {

    private static final TokenCounter ONE_PER_CHARACTER = messages ->
            messages.stream().mapToInt(message -> message.text().length()).sum();

    private static List<ChatMessage> shortened(int most, ChatMessage... messages) {
        return HistoryPolicy.dropOldestTurns().shorten(List.of(messages), ONE_PER_CHARACTER, most);
    }

    @Test
    void theOldestTurnGoesWithItsAnswerAndItsToolResults() {
        ChatMessage system = ChatMessage.system("12345");
        ChatMessage second = ChatMessage.user("123");
        assertThat(shortened(
                        8,
                        system,
                        ChatMessage.user("1"),
                        ChatMessage.assistant("1"),
                        new ToolMessage("", "", "1"),
                        ChatMessage.assistant("1"),
                        second))
                .containsExactly(system, second);
    }

    @Test
    void noMoreTurnsGoThanNeedBe() {
        ChatMessage[] turns = {
            ChatMessage.user("123"),
            ChatMessage.user("123"),
            ChatMessage.user("123"),
            ChatMessage.user("123"),
            ChatMessage.user("123")
        };
        for (int most = 3; most <= 12; most++) {
            assertThat(shortened(most, turns)).as("most " + most).hasSize(most / 3);
        }
    }

    @Test
    void theLastTurnStaysEvenIfItDoesNotFit() {
        ChatMessage last = ChatMessage.user("12345");
        assertThat(shortened(2, ChatMessage.user("1"), last)).containsExactly(last);
        assertThat(shortened(2, last)).containsExactly(last);
        assertThat(shortened(2)).isEmpty();
    }

    @Test
    void aGreetingBeforeTheFirstQuestionIsTheOldestOfAll() {
        ChatMessage question = ChatMessage.user("12");
        assertThat(shortened(3, ChatMessage.assistant("12"), question)).containsExactly(question);
    }

    @Property(tries = 200)
    void whatIsKeptIsAnEndThatBeginsWithAQuestionAndFitsIfAnyDoes(
            @ForAll @Size(min = 1, max = 20) List<Boolean> fromUser, @ForAll @IntRange(max = 60) int most) {
        List<ChatMessage> messages = new ArrayList<>();
        fromUser.forEach(user -> messages.add(user ? ChatMessage.user("123") : ChatMessage.assistant("12")));
        List<ChatMessage> kept = HistoryPolicy.dropOldestTurns().shorten(messages, ONE_PER_CHARACTER, most);
        assertThat(messages).endsWith(kept.toArray(ChatMessage[]::new));
        if (kept.size() < messages.size()) {
            assertThat(kept.getFirst()).isInstanceOf(ChatMessage.UserMessage.class);
            boolean last = kept.stream()
                            .filter(ChatMessage.UserMessage.class::isInstance)
                            .count()
                    == 1;
            assertThat(ONE_PER_CHARACTER.count(kept) <= most || last).isTrue();
        }
    }
}
