package io.github.llamacpp4j.chat;

import org.jspecify.annotations.Nullable;

/** The rules of a template's answers: tags in the text or, if {@code channels} is given, messages with headers. */
record SyntaxRules(TagSyntax tags, @Nullable ChannelSyntax channels) {
    OutputMachine machine(Source source, Emitter emitter) {
        return channels == null ? new TagMachine(tags, source, emitter) : new ChannelMachine(channels, source, emitter);
    }
}
