package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.llamacpp4j.engine.embedding.Embedding;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How {@code embed} writes a vector. */
enum VectorFormat {
    /** A JSON object on a line. */
    JSONL {
        @Override
        void write(OutputStream out, long index, Embedding embedding, boolean answersRequest) throws IOException {
            ObjectNode node = Json.object();
            if (answersRequest) {
                node.put("ok", true);
            }
            node.put("index", index);
            ArrayNode numbers = node.putArray("embedding");
            for (float number : embedding.vector()) {
                numbers.add(number);
            }
            node.put("tokens", embedding.tokens()).put("truncated", embedding.truncated());
            writeLine(out, node);
        }
    },
    /** Index, tokens, truncated and the numbers, with commas between them. */
    CSV {
        @Override
        void write(OutputStream out, long index, Embedding embedding, boolean answersRequest) throws IOException {
            StringBuilder line = new StringBuilder()
                    .append(index)
                    .append(',')
                    .append(embedding.tokens())
                    .append(',')
                    .append(embedding.truncated());
            for (float number : embedding.vector()) {
                line.append(',').append(number);
            }
            out.write(line.append('\n').toString().getBytes(UTF_8));
        }
    },
    /** The numbers as little-endian float32. */
    BINARY {
        @Override
        void write(OutputStream out, long index, Embedding embedding, boolean answersRequest) throws IOException {
            float[] vector = embedding.vector();
            ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            out.write(bytes.array());
        }
    };

    /** Writes a vector. */
    abstract void write(OutputStream out, long index, Embedding embedding, boolean answersRequest) throws IOException;

    /** Writes in JSON what was wrong with a line. */
    static void writeFailure(OutputStream out, long index, CommandFailure failure) throws IOException {
        ObjectNode node = Json.object().put("index", index);
        node.setAll(JsonLines.error(failure));
        writeLine(out, node);
    }

    private static void writeLine(OutputStream out, ObjectNode node) throws IOException {
        out.write((Json.line(node) + "\n").getBytes(UTF_8));
    }
}
