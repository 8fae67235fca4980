package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How an object is written that is not a JSON object: the arguments of a tool call as tags, as a Python call, or in any other
 * notation of names and values. The markup comes as grammars, so that it may name control tokens.
 *
 * <p>Immutable and safe for use by several threads, if its functions are.
 */
public final class MemberNotation {
    /** How values are written, apart from texts without quotes. */
    public enum Values {
        /** JSON. */
        JSON,
        /** JSON or Python literals: strings in either quotes, {@code True}, {@code False} and {@code None}. */
        PYTHON,
        /** JSON with bare names of members and with strings between delimiters instead of quotes and escapes. */
        DELIMITED
    }

    /** What tells a string from other values. */
    public enum Style {
        /** The value is a string without quotes. */
        TEXT,
        /** The value is a string without quotes, unless it reads as JSON; a string that does is written as a JSON string. */
        TEXT_OR_VALUE,
        /** All values are written alike, strings with quotes. */
        VALUE,
        /** The markup before the value tells a string without quotes from other values. */
        MARKED
    }

    private final Grammar first;
    private final Grammar separator;
    private final Grammar last;
    private final @Nullable Grammar none;
    private final Grammar beforeText;
    private final Grammar beforeValue;
    private final Values values;
    private final String delimiter;
    private final Grammar delimiterMarkup;
    private final List<String> forbidden;
    private final Function<String, Style> style;
    private final Dfa names;

    private MemberNotation(Builder builder) {
        first = builder.first;
        separator = builder.separator;
        last = builder.last;
        none = builder.none;
        beforeText = builder.beforeText;
        beforeValue = builder.beforeValue;
        values = builder.values;
        delimiter = builder.delimiter;
        delimiterMarkup = builder.delimiterMarkup;
        forbidden = List.copyOf(builder.forbidden);
        style = builder.style;
        names = RegexCompiler.compile(builder.names, true, Regex.Reading.NARROW, GrammarLimits.defaults());
        if (values == Values.DELIMITED && delimiter.isEmpty()) {
            throw new IllegalArgumentException("delimited values need a delimiter");
        }
    }

    /** {@return a builder of the notation {@code name=value,name=value}, to be changed} */
    public static Builder builder() {
        return new Builder();
    }

    Grammar first() {
        return first;
    }

    Grammar separator() {
        return separator;
    }

    Grammar last() {
        return last;
    }

    @Nullable
    Grammar none() {
        return none;
    }

    Grammar beforeText() {
        return beforeText;
    }

    Grammar beforeValue() {
        return beforeValue;
    }

    Values values() {
        return values;
    }

    String delimiter() {
        return delimiter;
    }

    Grammar delimiterMarkup() {
        return delimiterMarkup;
    }

    List<String> forbidden() {
        return forbidden;
    }

    Style style(String name) {
        return style.apply(name);
    }

    Dfa names() {
        return names;
    }

    /** Collects the parts of a notation; not safe for use by several threads. */
    public static final class Builder {
        private static final Grammar NOTHING = Grammar.sequence(List.of());

        private Grammar first = NOTHING;
        private Grammar separator = Grammar.choices(List.of(","));
        private Grammar last = NOTHING;
        private @Nullable Grammar none = NOTHING;
        private Grammar beforeText = Grammar.choices(List.of("="));
        private Grammar beforeValue = beforeText;
        private Values values = Values.JSON;
        private String delimiter = "";
        private Grammar delimiterMarkup = NOTHING;
        private final List<String> forbidden = new ArrayList<>();
        private Function<String, Style> style = name -> Style.VALUE;
        private String names = "[A-Za-z_][A-Za-z0-9_.-]*";

        private Builder() {}

        /**
         * Sets what surrounds the members if there are any.
         *
         * @param before what stands before the first name
         * @param between what stands between a value and the next name
         * @param after what stands after the last value
         * @return this builder
         */
        public Builder around(Grammar before, Grammar between, Grammar after) {
            first = before;
            separator = between;
            last = after;
            return this;
        }

        /**
         * Sets what is written instead of members if there are none.
         *
         * @param value what is written; null if at least one member must be written
         * @return this builder
         */
        public Builder none(@Nullable Grammar value) {
            none = value;
            return this;
        }

        /**
         * Sets what stands between name and value.
         *
         * @param text before a string without quotes
         * @param value before other values
         * @return this builder
         */
        public Builder beforeValue(Grammar text, Grammar value) {
            beforeText = text;
            beforeValue = value;
            return this;
        }

        /**
         * Sets how values are written. Default JSON.
         *
         * @param value how
         * @return this builder
         */
        public Builder values(Values value) {
            values = Objects.requireNonNull(value, "values");
            return this;
        }

        /**
         * Sets what stands before and after strings of {@link Values#DELIMITED}.
         *
         * @param text the delimiter, which no string may contain
         * @param markup the delimiter as it is written
         * @return this builder
         */
        public Builder delimiter(String text, Grammar markup) {
            delimiter = text;
            delimiterMarkup = markup;
            return this;
        }

        /**
         * Adds a text that no string may contain, because it would end the value.
         *
         * @param text the text
         * @return this builder
         */
        public Builder forbid(String text) {
            forbidden.add(text);
            return this;
        }

        /**
         * Sets how strings are told from other values. Default {@link Style#VALUE}.
         *
         * @param value by the name of the member
         * @return this builder
         */
        public Builder style(Function<String, Style> value) {
            style = Objects.requireNonNull(value, "style");
            return this;
        }

        /**
         * Sets which names of members can be written.
         *
         * @param pattern an ECMA-262 expression that the whole name must match
         * @return this builder
         */
        public Builder names(String pattern) {
            names = pattern;
            return this;
        }

        /** {@return the notation} */
        public MemberNotation build() {
            return new MemberNotation(this);
        }
    }
}
