package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.template.RenderOptions;
import io.github.llamacpp4j.template.Template;
import io.github.llamacpp4j.template.TrackedText;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A parsed template with the variables that every rendering of it sees. */
record TemplateRenderer(Template template, TemplateTokens tokens) {
    private static final Set<String> TRUSTED =
            Set.of("bos_token", "eos_token", "date_string", "datetime", "reasoning_effort");
    /** FireFunction's templates ask for the tools as text. */
    private static final String FUNCTIONS = "functools[";

    private static final DateTimeFormatter DAY_FIRST = DateTimeFormatter.ofPattern("dd MMM uuuu", Locale.ROOT);
    private static final DateTimeFormatter MONTH_FIRST = DateTimeFormatter.ofPattern("MMM dd uuuu", Locale.ROOT);

    TrackedText render(
            MessageContext.Shape shape,
            List<? extends ChatMessage> messages,
            ChatTemplateOptions options,
            boolean generationPrompt) {
        return render(new MessageContext(shape).messages(messages), options, generationPrompt);
    }

    TrackedText render(
            List<Map<String, @Nullable Object>> messages, ChatTemplateOptions options, boolean generationPrompt) {
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        context.put("messages", messages);
        context.put("bos_token", tokens.beginning());
        context.put("eos_token", tokens.end());
        LocalDate today = LocalDate.now(options.clock());
        context.put("date_string", DAY_FIRST.format(today));
        context.put("datetime", MONTH_FIRST.format(today));
        context.put("enable_thinking", options.enableThinking().orElse(true));
        options.enableThinking().ifPresent(thinking -> context.put("thinking", thinking));
        options.reasoningEffort().ifPresent(effort -> context.put("reasoning_effort", effort));
        if (!options.tools().isEmpty()) {
            context.put("tools", MessageContext.tools(options.tools()));
        }
        if (template.source().contains(FUNCTIONS)) {
            context.put("functions", JsonTrees.write(MessageContext.functions(options.tools())));
        }
        if (generationPrompt) {
            context.put("add_generation_prompt", true);
        }
        context.putAll(options.variables());
        return template.renderTracked(
                context,
                RenderOptions.builder()
                        .clock(options.clock())
                        .trustedVariables(TRUSTED)
                        .build());
    }
}
