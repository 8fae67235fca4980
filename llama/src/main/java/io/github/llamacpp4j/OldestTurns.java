package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatMessage;
import java.util.ArrayList;
import java.util.List;

/** Forgets the oldest turns. The fewer are kept, the fewer tokens there are: the number is found by bisection. */
record OldestTurns() implements HistoryPolicy {

    @Override
    public List<ChatMessage> shorten(List<ChatMessage> messages, TokenCounter counter, int mostTokens) {
        int instructions = 0;
        while (instructions < messages.size() && messages.get(instructions) instanceof ChatMessage.SystemMessage) {
            instructions++;
        }
        List<Integer> starts = new ArrayList<>();
        for (int i = instructions + 1; i < messages.size(); i++) {
            if (messages.get(i) instanceof ChatMessage.UserMessage) {
                starts.add(i);
            }
        }
        if (starts.isEmpty()) {
            return messages;
        }
        int fewest = 0;
        int most = starts.size() - 1;
        while (fewest < most) {
            int middle = (fewest + most) >>> 1;
            if (counter.count(from(messages, instructions, starts.get(middle))) <= mostTokens) {
                most = middle;
            } else {
                fewest = middle + 1;
            }
        }
        return from(messages, instructions, starts.get(fewest));
    }

    private static List<ChatMessage> from(List<ChatMessage> messages, int instructions, int start) {
        List<ChatMessage> kept = new ArrayList<>(messages.subList(0, instructions));
        kept.addAll(messages.subList(start, messages.size()));
        return kept;
    }
}
