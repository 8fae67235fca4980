package io.github.llamacpp4j.ffi;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Struct layouts as a C compiler sees them: the output of {@code layouts.c}, which the generator writes.
 *
 * @param structs by C name
 */
record CompilerLayouts(Map<String, Struct> structs) {
    private static final String TABLE = "generated/layouts.tsv";

    record Struct(String name, long alignment, long size, List<Field> fields) {}

    record Field(String name, long offset, long size) {}

    /** The table that is checked in. */
    static CompilerLayouts checkedIn() {
        return parse(text(TABLE));
    }

    Struct struct(String name) {
        return requireNonNull(structs.get(name), name);
    }

    static String text(String resource) {
        try (InputStream table = CompilerLayouts.class.getResourceAsStream(resource)) {
            assertThat(table).as(resource).isNotNull();
            return new String(table.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CompilerLayouts parse(String table) {
        Map<String, Struct> structs = new LinkedHashMap<>();
        for (String line : table.lines().toList()) {
            String[] columns = line.split("\t", -1);
            assertThat(columns).as(line).hasSize(4);
            String struct = columns[0];
            long first = Long.parseLong(columns[2]);
            long second = Long.parseLong(columns[3]);
            if (columns[1].equals("-")) {
                structs.put(struct, new Struct(struct, first, second, new ArrayList<>()));
            } else {
                requireNonNull(structs.get(struct), struct).fields().add(new Field(columns[1], first, second));
            }
        }
        return new CompilerLayouts(structs);
    }
}
