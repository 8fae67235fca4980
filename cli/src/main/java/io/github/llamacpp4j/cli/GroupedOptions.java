package io.github.llamacpp4j.cli;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Lists the options of a command in groups, by the class that declares them. */
final class GroupedOptions implements IHelpSectionRenderer {

    private static final String REST = "General";

    private final Map<Class<?>, String> titles;

    /** @param titles the class that declares the options of a group to the title of the group, in the order of the list */
    GroupedOptions(Map<Class<?>, String> titles) {
        this.titles = new LinkedHashMap<>(titles);
    }

    /** The groups of a command that generates text, the first of them its own options. */
    static GroupedOptions ofGeneration(Class<?> command, String title) {
        Map<Class<?>, String> titles = new LinkedHashMap<>();
        titles.put(command, title);
        titles.put(ModelFlags.class, "Model");
        titles.put(TemplateFlag.class, "Model");
        titles.put(SamplingFlags.class, "How tokens are chosen");
        titles.put(ConstraintFlags.class, "What may be written");
        titles.put(RuntimeFlags.class, "Computing");
        return new GroupedOptions(titles);
    }

    /** Makes the help of a command show its options in these groups. */
    CommandLine of(CommandLine command) {
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, this);
        return command;
    }

    @Override
    public String render(Help help) {
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        titles.values().forEach(title -> groups.put(title, new ArrayList<>()));
        groups.put(REST, new ArrayList<>());
        for (OptionSpec option : help.commandSpec().options()) {
            groups.getOrDefault(title(option), List.of()).add(option);
        }
        StringBuilder text = new StringBuilder();
        groups.forEach((title, options) -> {
            Help.Layout layout = help.createDefaultLayout(options, List.of(), help.colorScheme());
            layout.addAllOptions(options, help.createDefaultParamLabelRenderer());
            text.append(System.lineSeparator())
                    .append(title)
                    .append(':')
                    .append(System.lineSeparator())
                    .append(layout);
        });
        return text.toString();
    }

    private String title(OptionSpec option) {
        return option.userObject() instanceof Field field ? titles.getOrDefault(field.getDeclaringClass(), REST) : REST;
    }
}
