package io.github.llamacpp4j.server;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import java.nio.file.Path;

/** A server with a model, for clients that come over the network. */
record TestServer(Server server, Llama llama) implements AutoCloseable {

    static TestServer start(String id, Path file) {
        Llama llama = Llama.load(
                file,
                LlamaOptions.builder()
                        .context(context -> context.threads(1).batchThreads(1).contextSize(2048))
                        .build());
        Server server = Server.start(ServerOptions.builder().port(0).build());
        server.serve(id, llama);
        return new TestServer(server, llama);
    }

    /** The beginning of the paths that clients of OpenAI want to know. */
    String url() {
        return server.address() + "/v1";
    }

    @Override
    public void close() {
        server.close();
        llama.close();
    }
}
