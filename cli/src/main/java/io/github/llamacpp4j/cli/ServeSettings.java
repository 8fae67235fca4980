package io.github.llamacpp4j.cli;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Options of a command from elsewhere than its command line, which goes before: first the environment, where {@code --api-key}
 * is {@code LLAMACPP4J_API_KEY}, then the file named by {@code --config}, with lines {@code api-key=…} or an object in JSON.
 * Not thread-safe.
 */
final class ServeSettings implements IDefaultValueProvider {

    private static final String CONFIG = "--config";
    private static final String PREFIX = "LLAMACPP4J_";

    private final List<String> arguments;
    private final Map<String, String> environment;
    private @Nullable Map<String, String> file;

    /**
     * @param arguments the command line, which may name a file
     * @param environment the environment variables
     */
    ServeSettings(List<String> arguments, Map<String, String> environment) {
        this.arguments = arguments;
        this.environment = environment;
    }

    private Map<String, String> file(CommandSpec command) {
        if (file == null) {
            Map<String, String> values = new LinkedHashMap<>();
            configFile().ifPresent(path -> values.putAll(read(command, path)));
            for (String name : values.keySet()) {
                OptionSpec option = command.findOption("--" + name);
                if (option == null || option.usageHelp() || option.longestName().equals(CONFIG)) {
                    throw failure(command, "the configuration names an unknown option: " + name);
                }
            }
            file = values;
        }
        return file;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
            return null;
        }
        String name = option.longestName().replaceFirst("^-+", "");
        String variable = PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
        String value = environment.get(variable);
        return value != null ? value : file(option.command()).get(name);
    }

    private Optional<Path> configFile() {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith(CONFIG + "=")) {
                return Optional.of(Path.of(argument.substring(CONFIG.length() + 1)));
            }
            if (argument.equals(CONFIG) && i + 1 < arguments.size()) {
                return Optional.of(Path.of(arguments.get(i + 1)));
            }
        }
        return Optional.ofNullable(environment.get(PREFIX + "CONFIG")).map(Path::of);
    }

    private static Map<String, String> read(CommandSpec command, Path path) {
        try {
            String text = Files.readString(path);
            return text.stripLeading().startsWith("{") ? json(text) : properties(text);
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw failure(
                    command,
                    "expected a configuration as properties or JSON in " + path + ", found: " + e.getMessage());
        }
    }

    private static ParameterException failure(CommandSpec command, String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private static Map<String, String> properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        Map<String, String> values = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(optionName(name), properties.getProperty(name)));
        return values;
    }

    private static Map<String, String> json(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        JsonMapper.shared()
                .readTree(text)
                .properties()
                .forEach(member -> values.put(optionName(member.getKey()), value(member.getKey(), member.getValue())));
        return values;
    }

    private static String value(String name, JsonNode value) {
        if (value.isArray()) {
            return value.valueStream().map(element -> value(name, element)).collect(Collectors.joining(","));
        }
        if (value.isObject() || value.isNull()) {
            throw new IllegalArgumentException(name + " must be a string, a number, true, false or an array of such");
        }
        return value.asString();
    }

    private static String optionName(String name) {
        return name.replace('_', '-');
    }
}
