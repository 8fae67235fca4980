package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers in which tags set off reasoning and tool calls from the text. */
final class TagMachine implements OutputMachine {
    private enum State {
        /** Before the first visible character of a stretch of text. */
        START,
        REASONING,
        TEXT,
        OPENING,
        CALLS
    }

    private final TagSyntax syntax;
    private final Source source;
    private final Emitter emitter;
    private final boolean tools;
    private final Map<String, ToolBlock> blocks = new HashMap<>();
    private final Markers textMarkers;
    private Markers reasoningMarkers;
    private State state = State.START;
    private boolean wrapped;
    /** Whether the block began with a marker; without one, not being a call is nothing unusual. */
    private boolean marked;

    private List<ToolSyntax> candidates = List.of();
    private @Nullable CallReader reader;

    TagMachine(TagSyntax syntax, Source source, Emitter emitter) {
        this.syntax = syntax;
        this.source = source;
        this.emitter = emitter;
        this.tools = emitter.offersTools();
        List<String> markers = new ArrayList<>(syntax.silent());
        markers.addAll(syntax.textOpeners());
        if (tools) {
            syntax.blocks().forEach(each -> {
                blocks.put(each.marker(), each);
                markers.add(each.marker());
            });
        }
        syntax.reasoning().stream().filter(ReasoningTags::anywhere).forEach(each -> markers.add(each.open()));
        if (!syntax.wrapClose().isEmpty()) {
            markers.add(syntax.wrapClose());
        }
        this.textMarkers = new Markers(markers);
        this.reasoningMarkers = textMarkers;
    }

    @Override
    public void prime(String generationPrompt) {
        Optional<ReasoningTags> open = syntax.openIn(generationPrompt);
        open.ifPresent(this::beginReasoning);
        if (open.isEmpty() && !syntax.primer().isEmpty() && generationPrompt.endsWith(syntax.primer())) {
            source.append(syntax.primer());
        }
    }

    private void beginReasoning(ReasoningTags each) {
        state = State.REASONING;
        List<String> markers = new ArrayList<>(syntax.textOpeners());
        markers.add(each.close());
        blocks.values().stream().filter(ToolBlock::endsReasoning).forEach(b -> markers.add(b.marker()));
        reasoningMarkers = new Markers(markers);
    }

    @Override
    public boolean step() {
        return switch (state) {
            case START -> start();
            case REASONING -> reasoning();
            case TEXT -> text();
            case OPENING -> opening();
            case CALLS -> calls();
        };
    }

    private boolean start() {
        int visible = source.afterSpace(source.position());
        if (visible > source.position()) {
            emitter.text(source.slice(source.position(), visible));
            source.moveTo(visible);
        }
        if (source.exhausted()) {
            return false;
        }
        boolean undecided = false;
        for (ReasoningTags each : syntax.reasoning()) {
            Source.Match open = each.open().isEmpty() ? Source.Match.NO : source.take(each.open());
            if (open == Source.Match.YES) {
                beginReasoning(each);
                return true;
            }
            Source.Match close = source.take(each.close());
            if (close == Source.Match.YES) {
                emitter.endReasoning();
                return true;
            }
            undecided |= open == Source.Match.MORE || close == Source.Match.MORE;
        }
        if (!syntax.wrapOpen().isEmpty() && !wrapped) {
            Source.Match wrap = source.take(syntax.wrapOpen());
            wrapped = wrap == Source.Match.YES;
            if (wrapped) {
                emitter.endReasoning();
                return true;
            }
            undecided |= wrap == Source.Match.MORE;
        }
        if (tools) {
            for (ToolSyntax bare : syntax.bare()) {
                Source.Match opens = source.current() == '`' ? Source.Match.NO : bare.opens(source, source.position());
                if (opens == Source.Match.YES) {
                    return read(bare);
                }
                undecided |= opens == Source.Match.MORE;
            }
        }
        if (undecided && !source.ended()) {
            return false;
        }
        state = State.TEXT;
        return true;
    }

    private boolean reasoning() {
        Markers.Find find = reasoningMarkers.find(source, source.position());
        emitter.reasoning(source.slice(source.position(), find.index()));
        source.moveTo(find.index());
        source.markAt(find.index());
        if (find.literal() == null) {
            return false;
        }
        emitter.endReasoning();
        ToolBlock found = blocks.get(find.literal());
        if (found != null) {
            return open(found);
        }
        source.moveTo(find.index() + find.literal().length());
        state = State.START;
        return true;
    }

    private boolean text() {
        Markers.Find find = textMarkers.find(source, source.position());
        emitter.text(source.slice(source.position(), find.index()));
        source.moveTo(find.index());
        source.markAt(find.index());
        String literal = find.literal();
        if (literal == null) {
            return false;
        }
        ToolBlock found = blocks.get(literal);
        if (found != null) {
            return open(found);
        }
        if (literal.equals(syntax.wrapClose()) && !wrapped) {
            emitter.text(literal);
        }
        source.moveTo(find.index() + literal.length());
        for (ReasoningTags each : syntax.reasoning()) {
            if (each.anywhere() && literal.equals(each.open())) {
                beginReasoning(each);
                return true;
            }
        }
        return true;
    }

    private boolean open(ToolBlock found) {
        source.markAt(source.position());
        source.moveTo(source.position() + found.consumed());
        candidates = found.syntaxes();
        marked = true;
        state = State.OPENING;
        return true;
    }

    private boolean opening() {
        source.skipSpace();
        for (ToolSyntax each : candidates) {
            Source.Match opens = each.opens(source, source.position());
            if (opens == Source.Match.MORE) {
                return false;
            }
            if (opens == Source.Match.YES) {
                reader = each.reader(source, emitter);
                state = State.CALLS;
                return true;
            }
        }
        reject();
        return true;
    }

    private boolean read(ToolSyntax bare) {
        source.markAt(source.position());
        marked = false;
        reader = bare.reader(source, emitter);
        state = State.CALLS;
        return true;
    }

    private boolean calls() {
        if (reader == null) {
            throw new IllegalStateException("no reader");
        }
        Step step = reader.step();
        if (step == Step.DONE) {
            source.markAt(source.position());
            state = State.START;
        } else if (step == Step.REJECT) {
            reject();
        }
        return step != Step.MORE;
    }

    /** What looked like a call is text; reading goes on at the character that told so. */
    private void reject() {
        if (marked || emitter.isOpen()) {
            emitter.flag(OutputFlag.MALFORMED_TOOL_CALL);
        }
        emitter.reject();
        emitter.text(source.raw());
        source.markAt(source.position());
        state = State.TEXT;
    }

    @Override
    public void finish() {
        switch (state) {
            case REASONING -> emitter.flag(OutputFlag.UNFINISHED_REASONING);
            case OPENING, CALLS -> {
                boolean closing = state == State.CALLS && reader != null && reader.betweenCalls();
                source.skipRest();
                if (!emitter.cutOff() && !closing) {
                    emitter.text(source.raw());
                }
                if (!closing) {
                    emitter.flag(OutputFlag.UNFINISHED_TOOL_CALL);
                }
            }
            default -> {}
        }
    }
}
