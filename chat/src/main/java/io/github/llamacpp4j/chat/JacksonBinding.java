package io.github.llamacpp4j.chat;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;

/** Lets every Jackson mapper read and write the types of a chat as {@link ChatJson} does. */
final class JacksonBinding {
    private JacksonBinding() {}

    /** Writes any of the types. */
    static final class Writer extends ValueSerializer<Object> {
        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            generator.writePOJO(
                    switch (value) {
                        case ChatMessage message -> WireCodec.tree(message);
                        case ContentPart part -> WireCodec.tree(part);
                        case ToolCall call -> WireCodec.tree(call);
                        case ToolDefinition tool -> WireCodec.tree(tool);
                        case ToolChoice choice -> WireCodec.tree(choice);
                        default -> throw new IllegalArgumentException("no part of a chat: " + value.getClass());
                    });
        }
    }

    static final class MessageReader extends Reader<ChatMessage> {
        MessageReader() {
            super(ChatMessage.class, WireCodec::message);
        }
    }

    static final class PartReader extends Reader<ContentPart> {
        PartReader() {
            super(ContentPart.class, WireCodec::part);
        }
    }

    static final class ToolCallReader extends Reader<ToolCall> {
        ToolCallReader() {
            super(ToolCall.class, WireCodec::toolCall);
        }
    }

    static final class ToolReader extends Reader<ToolDefinition> {
        ToolReader() {
            super(ToolDefinition.class, WireCodec::tool);
        }
    }

    static final class ToolChoiceReader extends Reader<ToolChoice> {
        ToolChoiceReader() {
            super(ToolChoice.class, WireCodec::toolChoice);
        }
    }

    static class Reader<T> extends ValueDeserializer<T> {
        private final Class<?> wanted;
        private final BiFunction<@Nullable Object, String, T> codec;

        Reader(Class<?> wanted, BiFunction<@Nullable Object, String, T> codec) {
            this.wanted = wanted;
            this.codec = codec;
        }

        /** One kind of message may be asked for, rather than any. */
        @Override
        public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
            @Nullable JavaType type = context.getContextualType();
            return type == null || type.hasRawClass(wanted) ? this : new Reader<>(type.getRawClass(), codec);
        }

        @Override
        public @Nullable T deserialize(JsonParser parser, DeserializationContext context) {
            @Nullable Object tree = context.readValue(parser, Object.class);
            T value;
            try {
                value = codec.apply(tree, "$");
            } catch (IllegalArgumentException | ChatException e) {
                return context.reportInputMismatch(wanted, "%s", e.getMessage());
            }
            return wanted.isInstance(value)
                    ? value
                    : context.reportInputMismatch(
                            wanted,
                            "expected a %s, found a %s",
                            wanted.getSimpleName(),
                            value.getClass().getSimpleName());
        }
    }
}
