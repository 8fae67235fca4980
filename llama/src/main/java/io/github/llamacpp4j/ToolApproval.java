package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ToolCall;
import java.util.Optional;

/** Decides whether a call that the model wants is made. Asked on the thread that runs the tools, one call after another. */
@FunctionalInterface
public interface ToolApproval {

    /** Approves every call. */
    static ToolApproval all() {
        return call -> Optional.empty();
    }

    /**
     * Decides.
     *
     * @param call what the model wants
     * @return why not, for the model to read; empty to approve
     */
    Optional<String> refusal(ToolCall call);
}
