package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.ChatTemplateSource;
import io.github.llamacpp4j.LlamaOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which chat template a model is talked to with. */
final class TemplateFlag {

    @Option(
            names = "--chat-template",
            paramLabel = "FILE|NAME",
            description = "Use a Jinja file, a named template of the model, or a built-in one: chatml, llama3, zephyr, "
                    + "gemma, hermes (ChatML with tools).")
    private @Nullable String template;

    void fill(LlamaOptions.Builder options) {
        Flags.set(template, named -> options.chatTemplate(ChatTemplateSource.named(named)));
    }
}
