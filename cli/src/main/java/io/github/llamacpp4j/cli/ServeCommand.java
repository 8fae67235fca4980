package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.server.Server;
import io.github.llamacpp4j.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code serve}: answers the OpenAI protocol over HTTP. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "llamacpp4j serve [-m MODEL] [OPTION...]",
        description = "Serves a model over HTTP, as the OpenAI API does.",
        footer = {
            "",
            "The address is printed when the model is ready; until then /health answers 503.",
            "SIGTERM lets running requests end.",
            "Each option can also be an environment variable, such as LLAMACPP4J_API_KEY_FILE",
            "for --api-key-file, or stand in the file of --config, as a line api-key-file=FILE",
            "or a member of a JSON object."
        })
final class ServeCommand implements Callable<Integer>, CheckedFlags {

    private static final Logger SERVER_LOG = Logger.getLogger("io.helidon");
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final ServeSettings settings;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Mixin
    private ServerFlags serving = new ServerFlags();

    @Mixin
    private EngineFlags engine = new EngineFlags();

    @Mixin
    private LimitFlags limits = new LimitFlags();

    @Mixin
    private SamplingFlags sampling = new SamplingFlags();

    @Mixin
    private RuntimeFlags runtime = new RuntimeFlags();

    @Mixin
    private TemplateFlag template = new TemplateFlag();

    @Option(
            names = {"-a", "--alias"},
            paramLabel = "NAME",
            description = "What clients call the model (default: the name of its file).")
    private @Nullable String alias;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Take options that are not given here from this file, in properties or JSON.")
    private @Nullable Path config;

    private ServeCommand(Terminal terminal, ServeSettings settings) {
        this.terminal = terminal;
        this.settings = settings;
    }

    static CommandLine commandLine(Terminal terminal, Map<String, String> environment, String... arguments) {
        Map<Class<?>, String> groups = new LinkedHashMap<>();
        groups.put(ModelFlags.class, "Model");
        groups.put(TemplateFlag.class, "Model");
        groups.put(ServerFlags.class, "Server");
        groups.put(EngineFlags.class, "Requests");
        groups.put(LimitFlags.class, "Limits");
        groups.put(SamplingFlags.class, "Answers, where a request says nothing else");
        groups.put(RuntimeFlags.class, "Computing");
        ServeSettings settings = new ServeSettings(List.of(arguments), environment);
        CommandLine command = new GroupedOptions(groups).of(new CommandLine(new ServeCommand(terminal, settings)));
        command.setDefaultValueProvider(settings);
        return command;
    }

    @Override
    public void check() throws IOException {
        answering();
        loading(List.of());
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        SERVER_LOG.setLevel(Level.WARNING);
        if (config != null) {
            terminal.err().println("options from " + config);
        }
        Server server = Server.start(answering());
        try (ServeEnd end = ServeEnd.onSignal(server, serving.drainTimeout(), terminal);
                server) {
            LlamaOptions loading = loading(server.engineListeners());
            Path file = modelFile();
            try (Llama llama = Llama.load(file, loading)) {
                template.check(llama);
                if (serving.warmUp()) {
                    WarmUp.run(llama, loading, WARM_UP, terminal);
                }
                server.serve(name(file), llama);
                new ServeReport(terminal.err(), llama, loading).print(name(file), file);
                terminal.out().println("listening on " + server.address());
                terminal.out().flush();
                end.await();
            }
        }
        return 0;
    }

    private ServerOptions answering() throws IOException {
        ServerOptions.Builder builder = serving.fill(ServerOptions.builder());
        return limits.fill(builder)
                .generation(sampling.toOptions(GenerationOptions.defaults()))
                .build();
    }

    private LlamaOptions loading(List<EngineListener> listeners) {
        LlamaOptions.Builder options = runtime.toOptions(engine.parallel()).toBuilder()
                .engine(sharing -> {
                    engine.fill(sharing);
                    listeners.forEach(sharing::addListener);
                });
        template.fill(options);
        return options.build();
    }

    private Path modelFile() {
        try {
            return model.path(terminal);
        } catch (CommandFailure failure) {
            String place = settings.place("--model").map(where -> where + ": ").orElse("");
            throw new CommandFailure(failure.kind(), place + failure.getMessage(), failure.details());
        }
    }

    private String name(Path file) {
        return alias != null ? alias : file.getFileName().toString().replaceFirst("\\.gguf$", "");
    }
}
