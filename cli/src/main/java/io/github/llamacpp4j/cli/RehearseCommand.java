package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.server.Server;
import io.github.llamacpp4j.server.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code rehearse}: does on a small model what {@code run} or {@code serve} does, while the JVM records what later starts need
 * (<a href="https://openjdk.org/jeps/514">JEP 514</a>, <a href="https://openjdk.org/jeps/515">JEP 515</a>). Meant for the launcher.
 */
@Command(name = "rehearse", hidden = true, description = "Does what a fast start is to be prepared for.")
final class RehearseCommand implements Callable<Integer> {

    private static final int LONG_ANSWERS = 8;
    private static final int LONG = 128;
    private static final int SHORT_ANSWERS = 400;
    private static final int SHORT = 2;
    private static final int TEXTS = 400;
    private static final int BATCHES = 16;
    private static final int BATCH = 32;
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    private final Terminal terminal;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Option(names = "--serve", description = "Rehearse serving, not running.")
    private boolean serve;

    RehearseCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path file = model.path(terminal);
        if (serve) {
            serve(file);
            return 0;
        }
        String name = file.toString();
        return Main.run(
                silent(), "run", "-m", name, "--threads", "1", "--max-tokens", "64", "--temperature", "0.8", "Hello");
    }

    private void serve(Path file) throws InterruptedException {
        ServerOptions options = ServerOptions.builder().port(0).build();
        LlamaOptions loading =
                LlamaOptions.builder().context(context -> context.threads(1)).build();
        try (Server server = Server.start(options);
                Llama llama = Llama.load(file, loading)) {
            WarmUp.run(llama, loading, WARM_UP, terminal);
            server.serve(file.toString(), llama);
            try (LoadTarget target = OpenAiTarget.at(server.address().toString())) {
                ask(target, LONG_ANSWERS, LONG);
                ask(target, SHORT_ANSWERS, SHORT);
            }
            embed(server.address().resolve("/v1/embeddings"));
        }
    }

    private static void ask(LoadTarget target, int times, int tokens) {
        for (int i = 0; i < times; i++) {
            target.send(new LoadRequest("Tell me story " + i, tokens, false), () -> {});
        }
    }

    private static void embed(URI address) throws InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; i < TEXTS + BATCHES; i++) {
                ObjectNode body = Json.object();
                ArrayNode input = body.putArray("input");
                for (int text = 0; text < (i < TEXTS ? 1 : BATCH); text++) {
                    input.add("The cat number " + i + " sits on mat number " + text + ".");
                }
                client.send(JsonPost.to(address, body).build(), HttpResponse.BodyHandlers.discarding());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Terminal silent() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return new Terminal(InputStream.nullInputStream(), nowhere, nowhere, false);
    }
}
