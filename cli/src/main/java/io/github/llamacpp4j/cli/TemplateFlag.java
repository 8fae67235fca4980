package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.ChatTemplateSource;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.chat.ChatException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which chat template a model is talked to with. */
final class TemplateFlag {

    private static final String NAME = "--chat-template";

    @Option(
            names = NAME,
            paramLabel = "FILE|NAME",
            description = "Use a Jinja file, a named template of the model, or a built-in one: chatml, llama3, zephyr, "
                    + "gemma, hermes (ChatML with tools).")
    private @Nullable String template;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /**
     * Refuses a template that this model cannot be talked to with, before anybody asks it.
     *
     * @throws ParameterException if one was named and cannot be used
     */
    void check(Llama llama) {
        if (template == null || command == null) {
            return;
        }
        try {
            llama.chatTemplate();
        } catch (ChatException e) {
            throw new ParameterException(
                    command.commandLine(),
                    "Invalid value for option '" + NAME + "': " + e.getMessage(),
                    command.findOption(NAME),
                    template);
        }
    }

    void fill(LlamaOptions.Builder options) {
        Flags.set(template, named -> options.chatTemplate(ChatTemplateSource.named(named)));
    }
}
