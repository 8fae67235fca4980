package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.server.Server;
import io.github.llamacpp4j.server.ServerOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code serve}: answers the OpenAI protocol over HTTP. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Serves a model over HTTP, as the OpenAI API does.")
final class ServeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--host", paramLabel = "HOST", description = "Listen there (default 127.0.0.1: this machine only).")
    private String host = ServerOptions.defaults().host();

    @Option(names = "--port", paramLabel = "N", description = "Port; 0 picks a free one (default 8080).")
    private int port = ServerOptions.defaults().port();

    @Option(
            names = {"-np", "--parallel"},
            paramLabel = "N",
            description = "Sequences generated at the same time (default 4).")
    private int parallel = 4;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Mixin
    private RuntimeFlags runtime = new RuntimeFlags();

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        ServerOptions options = ServerOptions.builder().host(host).port(port).build();
        try (Server server = Server.start(options)) {
            Path file = model.path(terminal);
            try (Llama llama = Llama.load(file, runtime.toOptions(parallel))) {
                server.serve(file.getFileName().toString(), llama);
                terminal.out().println("listening on " + server.address());
                terminal.out().flush();
                new CountDownLatch(1).await();
            }
        }
        return 0;
    }
}
