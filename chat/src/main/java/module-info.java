/** Chat messages and tools, chat templates, and parsers for what models answer, in pure Java. */
module io.github.llamacpp4j.chat {
    requires transitive io.github.llamacpp4j.grammar;
    requires io.github.llamacpp4j.template;
    requires static transitive org.jspecify;
    requires transitive tools.jackson.databind;

    exports io.github.llamacpp4j.chat;

    opens io.github.llamacpp4j.chat to
            tools.jackson.databind;
}
