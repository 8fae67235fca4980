package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.template.TemplateException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how a template writes tool calls by rendering some, or by the plain form of the syntax where the template shows its
 * tools but does not write earlier calls. What was found counts only if the template's own parser reads the calls back.
 * Safe for use by several threads.
 */
final class CallProbe {
    private static final String TEXT = "Qlorftext";
    private static final Pattern LAST_MARKER = Pattern.compile("<[|｜]?[^<>\\s]{1,40}[|｜]?>\\s*$");
    private static final int MAX_DROPPED = 3;

    private final TemplateRenderer renderer;
    private final MessageContext.Shape shape;
    private final OutputSyntax syntax;
    private final ChatTemplateOptions options;
    private boolean probed;
    private @Nullable CallPattern found;

    CallProbe(TemplateRenderer renderer, MessageContext.Shape shape, OutputSyntax syntax) {
        this.renderer = renderer;
        this.shape = shape;
        this.syntax = syntax;
        options = ChatTemplateOptions.builder().tools(ProbeCalls.TOOLS).build();
    }

    /** The pattern; empty if the template neither writes calls nor shows tools, or in a form that cannot be constrained. */
    synchronized Optional<CallPattern> pattern() {
        if (!probed) {
            found = new CallFactoring(this::rendered, syntax)
                    .find()
                    .or(this::plain)
                    .orElse(null);
            probed = true;
        }
        return Optional.ofNullable(found);
    }

    private boolean showsTools() {
        try {
            return render(List.of(ChatMessage.user(TEXT)), true).contains(ProbeCalls.NAME);
        } catch (TemplateException e) {
            return false;
        }
    }

    private Optional<CallPattern> plain() {
        if (!showsTools()) {
            return Optional.empty();
        }
        for (PlainCalls form : PlainCalls.of(syntax.rules().tags())) {
            Optional<CallPattern> pattern = new CallFactoring(form::write, syntax).find();
            if (pattern.isPresent()) {
                return pattern;
            }
        }
        return Optional.empty();
    }

    /** What stands between the generation prompt and the text of a plain answer. */
    String textOpener() {
        String answer = answer(new ChatMessage.AssistantMessage(TEXT, "", List.of()));
        int text = answer.indexOf(TEXT);
        return text < 0 ? "" : answer.substring(0, text);
    }

    /** What a model writes to make these calls, without what ends its turn; empty if the template does not write them. */
    private Optional<String> rendered(List<ToolCall> calls) {
        String written;
        try {
            written = withoutEnd(answer(new ChatMessage.AssistantMessage("", "", calls)), turnEnd());
        } catch (TemplateException e) {
            return Optional.empty();
        }
        for (int dropped = 0; dropped <= MAX_DROPPED; dropped++) {
            if (CallFactoring.reads(syntax, written, calls)) {
                return Optional.of(withoutSilentEnd(written, calls));
            }
            Matcher last = LAST_MARKER.matcher(written);
            if (!last.find()) {
                return Optional.empty();
            }
            written = written.substring(0, last.start()).stripTrailing();
        }
        return Optional.empty();
    }

    private String withoutSilentEnd(String written, List<ToolCall> calls) {
        for (String silent : syntax.rules().tags().silent()) {
            if (written.endsWith(silent)) {
                String shorter = written.substring(0, written.length() - silent.length());
                return CallFactoring.reads(syntax, shorter, calls) ? shorter.stripTrailing() : written;
            }
        }
        return written;
    }

    /** What the template writes for an answer, without what its generation prompt would have written. */
    private String answer(ChatMessage.AssistantMessage message) {
        ChatMessage user = ChatMessage.user("Qlorfuser");
        String before = render(List.of(user), false);
        String prompt = ChatTemplate.addition(before, render(List.of(user), true));
        String whole = ChatTemplate.addition(before, render(List.of(user, message), false));
        if (!whole.startsWith(prompt)) {
            Optional<ReasoningTags> open = syntax.rules().tags().openIn(prompt);
            if (open.isPresent()) {
                prompt = prompt.substring(0, prompt.lastIndexOf(open.get().open()));
            }
        }
        return withoutThought(ChatTemplate.addition(prompt, whole));
    }

    private String render(List<ChatMessage> messages, boolean generationPrompt) {
        return renderer.render(shape, messages, options, generationPrompt).text();
    }

    private String withoutThought(String answer) {
        String visible = answer.stripLeading();
        for (ReasoningTags each : syntax.rules().tags().reasoning()) {
            int close = visible.indexOf(each.close());
            boolean empty = close >= 0
                    && visible.substring(0, close).replace(each.open(), "").isBlank();
            if (empty) {
                return visible.substring(close + each.close().length()).stripLeading();
            }
        }
        return answer;
    }

    private String turnEnd() {
        String answer = answer(new ChatMessage.AssistantMessage(TEXT, "", List.of()));
        int text = answer.indexOf(TEXT);
        return text < 0 ? "" : answer.substring(text + TEXT.length()).stripTrailing();
    }

    private static String withoutEnd(String answer, String end) {
        String visible = answer.stripTrailing();
        return (visible.endsWith(end) ? visible.substring(0, visible.length() - end.length()) : visible)
                .stripTrailing();
    }
}
