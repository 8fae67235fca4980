package io.github.llamacpp4j.template.value;

import java.util.Iterator;

/** Python bytes, as {@code str.encode} makes them. Immutable. */
public final class PyBytes implements PySequence {
    private final byte[] bytes;

    /** Bytes; the array is not copied. */
    public PyBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The bytes; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int size() {
        return bytes.length;
    }

    @Override
    public Object item(int index) {
        return (long) (bytes[index] & 0xff);
    }

    @Override
    public Iterator<Object> iterator(Env env) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < bytes.length;
            }

            @Override
            public Object next() {
                return item(next++);
            }
        };
    }

    @Override
    public String typeName() {
        return "bytes";
    }

    @Override
    public String repr(Env env) {
        boolean single = false;
        boolean dbl = false;
        for (byte b : bytes) {
            single |= b == '\'';
            dbl |= b == '"';
        }
        char quote = single && !dbl ? '"' : '\'';
        StringBuilder text = new StringBuilder("b").append(quote);
        for (byte b : bytes) {
            switch (b) {
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (b == quote) {
                        text.append('\\').append(quote);
                    } else if (b >= 32 && b < 127) {
                        text.append((char) b);
                    } else {
                        text.append(String.format(java.util.Locale.ROOT, "\\x%02x", b & 0xff));
                    }
                }
            }
        }
        return text.append(quote).toString();
    }
}
