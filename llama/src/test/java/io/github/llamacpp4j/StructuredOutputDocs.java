package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatMessage;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The snippets of {@code docs/structured-output.md}; {@link DocsPagesTest} holds the page to them. */
abstract class StructuredOutputDocs {

    record Person(String name, int age, String city) {}

    record City(String city) {}

    abstract void show(JsonNode partial);

    abstract String lookUp(String city);

    void value(Llama llama) {
        // docs:value
        Person person = llama.chat("Return a JSON object for a person named Anna aged 31 living in Oslo", Person.class);
        // docs:end
        use(person);
    }

    void reply(Llama llama, String question) {
        // docs:reply
        TypedReply<Person> reply = llama.chat(
                List.of(ChatMessage.user(question)),
                OutputType.of(Person.class).withSchemaInPrompt(),
                o -> o.enableThinking(false).temperature(0));
        // docs:end
        use(reply);
    }

    void stream(Llama llama, String question) {
        // docs:stream
        try (TypedStream<Person> stream = llama.stream(question, Person.class)) {
            for (JsonNode partial : stream) {
                show(partial);
            }
            Person person = stream.value();
            // docs:cut
            use(person);
            // docs:resume
        }
        // docs:end
    }

    void forms(Llama llama, String prompt, JsonNode schema) {
        // docs:forms
        llama.generate(prompt, o -> o.constraint(OutputConstraint.choice("left", "right")));
        llama.generate(prompt, o -> o.constraint(OutputConstraint.regex("[0-9]{3}-[a-f]{2}")));
        llama.generate(prompt, o -> o.constraint(OutputConstraint.gbnf("root ::= \"yes\" | \"no\"")));
        llama.generate(prompt, o -> o.constraint(OutputConstraint.jsonSchema(schema)));
        // docs:end
    }

    void choose(Llama llama, String question) {
        // docs:choose
        Choices choices = llama.choose(question, List.of("yes", "no"));
        String best = choices.best().text();
        // docs:end
        use(best);
    }

    void tools(Llama llama, String question) {
        // docs:tools
        Tool weather = Tool.of("get_weather", "Get the weather in a city.", City.class, c -> lookUp(c.city()));
        ToolRun run = llama.runTools(List.of(ChatMessage.user(question)), List.of(weather), o -> o.maxRounds(4));
        // docs:end
        use(run);
    }

    abstract void use(Object value);
}
