package io.github.llamacpp4j.cli;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HashMap;
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
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
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
    private @Nullable Map<String, Setting> file;
    private final Map<OptionSpec, String> places = new HashMap<>();

    /**
     * A value and where it stands.
     *
     * @param value the value
     * @param place the file and the line
     */
    private record Setting(String value, String place) {}

    /**
     * @param arguments the command line, which may name a file
     * @param environment the environment variables
     */
    ServeSettings(List<String> arguments, Map<String, String> environment) {
        this.arguments = arguments;
        this.environment = environment;
    }

    private Map<String, Setting> file(CommandSpec command) {
        if (file == null) {
            Map<String, Setting> values = new LinkedHashMap<>();
            configFile().ifPresent(path -> values.putAll(read(command, path)));
            values.forEach((name, setting) -> {
                OptionSpec option = command.findOption("--" + name);
                if (option == null || option.usageHelp() || option.longestName().equals(CONFIG)) {
                    throw failure(command, setting.place() + " names an unknown option: " + name);
                }
            });
            file = values;
        }
        return file;
    }

    /** Where the value of an option stands that is wrong, if it came from here. */
    Optional<String> place(@Nullable ArgSpec option) {
        return Optional.ofNullable(places.get(option));
    }

    /** Likewise by the option's name. */
    Optional<String> place(String longestName) {
        return places.entrySet().stream()
                .filter(entry -> entry.getKey().longestName().equals(longestName))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
            return null;
        }
        String name = option.longestName().replaceFirst("^-+", "");
        String variable = PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
        String value = environment.get(variable);
        if (value != null) {
            return given(option, new Setting(value, "the environment variable " + variable));
        }
        Setting setting = file(option.command()).get(name);
        return setting == null ? null : given(option, setting);
    }

    private String given(OptionSpec option, Setting setting) {
        places.put(option, setting.place());
        return setting.value();
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

    private static Map<String, Setting> read(CommandSpec command, Path path) {
        try {
            String text = TextFile.read(path);
            boolean json = text.stripLeading().startsWith("{");
            Map<String, Setting> settings = new LinkedHashMap<>();
            (json ? json(text) : properties(text))
                    .forEach((name, value) -> settings.put(
                            optionName(name),
                            new Setting(value, path + ", line " + (json ? jsonLine(text, name) : line(text, name)))));
            return settings;
        } catch (FileSystemException e) {
            throw failure(command, Main.reason(e));
        } catch (JacksonException e) {
            throw failure(command, path + ", line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage());
        } catch (IOException | IllegalArgumentException e) {
            throw failure(
                    command,
                    "expected a configuration as properties or JSON in " + path + ", found: " + e.getMessage());
        } catch (CommandFailure e) {
            throw failure(command, String.valueOf(e.getMessage()));
        }
    }

    private static ParameterException failure(CommandSpec command, String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private static Map<String, String> properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        Map<String, String> values = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }

    /** The last line of properties that begins with a name. */
    private static int line(String text, String name) {
        int found = 0;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String rest = line.strip();
            boolean named = rest.startsWith(name)
                    && (rest.length() == name.length() || " \t\f:=".indexOf(rest.charAt(name.length())) >= 0);
            found = named ? number : found;
        }
        return found;
    }

    private static int jsonLine(String text, String name) {
        int found = 0;
        try (JsonParser parser = JsonMapper.shared().createParser(text)) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (token == JsonToken.PROPERTY_NAME && depth == 1 && name.equals(parser.currentName())) {
                    found = parser.currentTokenLocation().getLineNr();
                }
            }
        }
        return found;
    }

    private static Map<String, String> json(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        JsonMapper.shared()
                .readTree(text)
                .properties()
                .forEach(member -> values.put(member.getKey(), value(member.getKey(), member.getValue())));
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
