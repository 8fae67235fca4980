package io.github.llamacpp4j.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A request that never came over a wire. */
final class TestExchange implements Exchange {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final ObjectNode body;
    private final boolean strict;
    private final List<String> warnings = new ArrayList<>();
    private @Nullable JsonNode answer;

    private TestExchange(ObjectNode body, boolean strict) {
        this.body = body;
        this.strict = strict;
    }

    static TestExchange of(String json) {
        return new TestExchange((ObjectNode) MAPPER.readTree(json.replace('\'', '"')), false);
    }

    static TestExchange of(ObjectNode body) {
        return new TestExchange(body, false);
    }

    static TestExchange strict(String json) {
        return new TestExchange((ObjectNode) MAPPER.readTree(json.replace('\'', '"')), true);
    }

    static PromptTokens tokens() {
        return new PromptTokens() {
            @Override
            public int count() {
                return 1000;
            }

            @Override
            public int contextTokens() {
                return 512;
            }

            @Override
            public int[] of(String text) {
                return text.chars().map(c -> c % 1000).toArray();
            }
        };
    }

    List<String> warnings() {
        return warnings;
    }

    @Nullable
    JsonNode answer() {
        return answer;
    }

    @Override
    public ObjectNode body() {
        return body;
    }

    @Override
    public String caller() {
        return "test";
    }

    @Override
    public boolean strict() {
        return strict;
    }

    @Override
    public void warn(String text) {
        warnings.add(text);
    }

    @Override
    public void json(int status, JsonNode body) {
        answer = body;
    }

    @Override
    public EventSink events() {
        throw new UnsupportedOperationException("this exchange has no stream");
    }

    @Override
    public void onClientGone(Runnable action) {
        // never leaves
    }
}
