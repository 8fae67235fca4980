package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers that are messages, each with a header that tells whom it is for. */
final class ChannelMachine implements OutputMachine {
    private enum State {
        BETWEEN,
        HEADER,
        REASONING,
        TEXT,
        OPENING,
        CALL
    }

    private static final int MAX_HEADER = 1024;
    private static final String ASSISTANT = ChannelSyntax.START + "assistant";
    private static final Pattern RECIPIENT = Pattern.compile("\\bto=([^\\s<]+)");
    private static final Pattern CHANNEL = Pattern.compile(Pattern.quote(ChannelSyntax.CHANNEL) + "([a-z]*)");
    private static final Pattern HEADER = Pattern.compile("(?:<\\|start\\|>)?+\\s*+(?:(?!to=)[\\w.]{1,64})?+"
            + "(?:\\s*+(?:<\\|(?:channel|constrain)\\|>\\w{0,32}|to=[^\\s<]*+)(?:\\s++(?!to=)[a-z]{1,16}+)?+)*+\\s*+");
    private static final Set<String> USERS = Set.of("user", "assistant", "all");
    private static final String SELF = "self";
    private static final List<String> HEADER_STARTS =
            List.of(ChannelSyntax.START, ChannelSyntax.CHANNEL, ChannelSyntax.MESSAGE, "<|constrain|>", "to=");

    private final ChannelSyntax syntax;
    private final Source source;
    private final Emitter emitter;
    private final Markers headerEnd = new Markers(List.of(ChannelSyntax.MESSAGE));
    private final Markers bodyEnds;
    private State state = State.BETWEEN;
    private int headerStart;
    private int visible;
    private String tool = "";
    private boolean bodyOpened;
    private @Nullable CallReader reader;

    ChannelMachine(ChannelSyntax syntax, Source source, Emitter emitter) {
        this.syntax = syntax;
        this.source = source;
        this.emitter = emitter;
        List<String> ends = new ArrayList<>(syntax.ends());
        ends.add(ASSISTANT);
        ends.add(ChannelSyntax.CHANNEL);
        this.bodyEnds = new Markers(ends);
    }

    @Override
    public void prime(String generationPrompt) {
        int start = generationPrompt.lastIndexOf(ASSISTANT);
        source.append(start < 0 ? "" : generationPrompt.substring(start + ASSISTANT.length()));
        boolean moving = true;
        while (moving) {
            moving = step();
        }
        if (state == State.BETWEEN || state == State.HEADER) {
            source.markAt(source.length());
        }
        emitter.forget();
    }

    @Override
    public boolean step() {
        return switch (state) {
            case BETWEEN -> between();
            case HEADER -> header();
            case REASONING, TEXT -> body();
            case OPENING -> opening();
            case CALL -> call();
        };
    }

    private boolean between() {
        visible = source.afterSpace(Math.max(visible, source.position()));
        if (visible == source.length()) {
            return false;
        }
        boolean undecided = false;
        for (String end : syntax.ends()) {
            Source.Match match = source.literalAt(visible, end);
            if (match == Source.Match.YES) {
                source.moveTo(visible + end.length());
                source.markAt(source.position());
                return true;
            }
            undecided |= match == Source.Match.MORE;
        }
        for (String start : HEADER_STARTS) {
            Source.Match match = source.literalAt(visible, start);
            if (match == Source.Match.YES) {
                headerStart = source.position();
                source.markAt(headerStart);
                state = State.HEADER;
                return true;
            }
            undecided |= match == Source.Match.MORE;
        }
        if (undecided && !source.ended()) {
            return false;
        }
        emitter.flag(OutputFlag.UNEXPECTED_FORMAT);
        state = State.TEXT;
        return true;
    }

    private boolean header() {
        Markers.Find find = headerEnd.find(source, source.position());
        if (find.index() - headerStart > MAX_HEADER) {
            source.moveTo(Math.max(source.position(), headerStart + MAX_HEADER));
            reject(OutputFlag.UNEXPECTED_FORMAT);
            return true;
        }
        source.moveTo(find.index());
        if (find.literal() == null) {
            return false;
        }
        String header = source.slice(headerStart, find.index());
        source.moveTo(find.index() + ChannelSyntax.MESSAGE.length());
        dispatch(header);
        if (state != State.OPENING && !HEADER.matcher(header).matches()) {
            emitter.flag(OutputFlag.UNEXPECTED_FORMAT);
            tell(source.raw());
        }
        return true;
    }

    private void dispatch(String header) {
        String recipient = last(RECIPIENT, header);
        String channel = last(CHANNEL, header);
        if (recipient.equals(SELF)
                || (channel.equals("analysis") && (recipient.isEmpty() || USERS.contains(recipient)))) {
            state = State.REASONING;
        } else if (recipient.isEmpty() || USERS.contains(recipient)) {
            state = State.TEXT;
        } else {
            tool = recipient;
            bodyOpened = false;
            state = State.OPENING;
        }
    }

    private static String last(Pattern pattern, String header) {
        Matcher matcher = pattern.matcher(header);
        String found = "";
        while (matcher.find()) {
            found = matcher.group(1);
        }
        return found;
    }

    private boolean body() {
        Markers.Find find = bodyEnds.find(source, source.position());
        tell(source.slice(source.position(), find.index()));
        source.moveTo(find.index());
        source.markAt(find.index());
        if (find.literal() == null) {
            return false;
        }
        if (state == State.REASONING) {
            emitter.endReasoning();
        }
        if (syntax.ends().contains(find.literal())) {
            source.moveTo(find.index() + find.literal().length());
        }
        state = State.BETWEEN;
        return true;
    }

    private void tell(String piece) {
        if (state == State.REASONING) {
            emitter.reasoning(piece);
        } else {
            emitter.text(piece);
        }
    }

    private boolean opening() {
        if (!emitter.offersTools()) {
            reject(OutputFlag.UNKNOWN_TOOL);
            return true;
        }
        if (syntax.body() instanceof ToolSyntax.Named named) {
            reader = new NamedCallReader(named, source, emitter, tool);
            state = State.CALL;
            return true;
        }
        source.skipSpace();
        if (!bodyOpened) {
            Source.Match match = source.take(syntax.bodyOpen());
            if (match == Source.Match.MORE) {
                return false;
            }
            bodyOpened = true;
        }
        Source.Match opens = syntax.body().opens(source, source.position());
        if (opens == Source.Match.YES) {
            reader = syntax.body().reader(source, emitter);
            state = State.CALL;
        } else if (opens == Source.Match.NO) {
            reject(OutputFlag.MALFORMED_TOOL_CALL);
        }
        return opens != Source.Match.MORE;
    }

    private boolean call() {
        if (reader == null) {
            throw new IllegalStateException("no reader");
        }
        Step step = reader.step();
        if (step == Step.DONE) {
            source.markAt(source.position());
            state = State.BETWEEN;
        } else if (step == Step.REJECT) {
            reject(OutputFlag.MALFORMED_TOOL_CALL);
        }
        return step != Step.MORE;
    }

    private void reject(OutputFlag flag) {
        emitter.flag(flag);
        emitter.reject();
        emitter.text(source.raw());
        source.markAt(source.position());
        state = State.TEXT;
    }

    @Override
    public void finish() {
        switch (state) {
            case REASONING -> emitter.flag(OutputFlag.UNFINISHED_REASONING);
            case BETWEEN, HEADER -> leftOver(OutputFlag.UNEXPECTED_FORMAT);
            case OPENING, CALL -> {
                boolean closing = state == State.CALL && reader != null && reader.betweenCalls();
                if (!closing) {
                    boolean open = emitter.cutOff();
                    emitter.flag(OutputFlag.UNFINISHED_TOOL_CALL);
                    source.skipRest();
                    if (!open) {
                        emitter.text(source.raw());
                    }
                }
            }
            case TEXT -> {}
        }
    }

    /** A header that never ended is shown raw, unless it is only the beginning of the next message. */
    private void leftOver(OutputFlag flag) {
        source.skipRest();
        String raw = source.raw().strip();
        if (!raw.isEmpty()) {
            emitter.flag(raw.contains("to=") ? OutputFlag.UNFINISHED_TOOL_CALL : flag);
            if (raw.contains("to=") || emitter.isEmpty()) {
                emitter.text(source.raw());
            }
        }
    }
}
