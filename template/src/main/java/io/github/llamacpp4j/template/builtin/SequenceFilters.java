package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arithmetic;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Html;
import io.github.llamacpp4j.template.value.ItemBuffer;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyIterator;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.PySized;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters that answer at once about a sequence, dict or any value. */
final class SequenceFilters {
    private static final String[] GROUP = {"grouper", "list"};

    private SequenceFilters() {}

    static void addTo(Map<String, Function> table) {
        add(table, "length", "obj, /", SequenceFilters::length);
        add(table, "count", "obj, /", SequenceFilters::length);
        add(table, "default", "value, default_value='', boolean=False", SequenceFilters::orDefault);
        add(table, "d", "value, default_value='', boolean=False", SequenceFilters::orDefault);
        add(table, "attr", "obj, name", SequenceFilters::attribute);
        add(table, "first", "seq", (env, a) -> {
            Iterator<Object> items = Operators.iterate(env, a[0]);
            return items.hasNext() ? items.next() : Undefined.because("No first item, sequence was empty.");
        });
        add(table, "last", "seq", SequenceFilters::last);
        add(table, "random", "seq", SequenceFilters::random);
        add(
                table,
                "list",
                "value",
                (env, a) -> a[0] instanceof PyList l ? l : new PyList(Operators.items(env, a[0]), false));
        add(table, "join", "value, d='', attribute=None", SequenceFilters::join);
        add(table, "reverse", "value", SequenceFilters::reverse);
        add(table, "sum", "iterable, attribute=None, start=0", SequenceFilters::sum);
        add(table, "min", "value, case_sensitive=False, attribute=None", (env, a) -> extreme(env, a, "<"));
        add(table, "max", "value, case_sensitive=False, attribute=None", (env, a) -> extreme(env, a, ">"));
        add(table, "sort", "value, reverse=False, case_sensitive=False, attribute=None", SequenceFilters::sort);
        add(table, "dictsort", "value, case_sensitive=False, by='key', reverse=False", SequenceFilters::dictSort);
        add(table, "groupby", "value, attribute, default=None, case_sensitive=False", SequenceFilters::groupBy);
    }

    private static void add(Map<String, Function> table, String name, String parameters, Function.Fixed body) {
        table.put(name, Function.of(name, parameters, body));
    }

    private static Object length(Env env, Object[] a) {
        int length = Operators.length(a[0]);
        if (length < 0) {
            throw PyError.runtime("object of type '" + Text.typeName(a[0]) + "' has no len()");
        }
        return (long) length;
    }

    private static Object orDefault(Env env, Object[] a) {
        boolean replace = a[0] instanceof Undefined || (Operators.truthy(a[2]) && !Operators.truthy(a[0]));
        return replace ? a[1] : a[0];
    }

    private static Object attribute(Env env, Object[] a) {
        if (!(a[1] instanceof Str name)) {
            throw PyError.runtime("attribute name must be string, not '" + Text.typeName(a[1]) + "'");
        }
        Object found = Attributes.own(env, a[0], name.text());
        if (found != Missing.MISSING) {
            return found;
        }
        if (a[0] instanceof Undefined u && !name.text().startsWith("__")) {
            throw u.error();
        }
        return Undefined.attribute(a[0], name.text());
    }

    private static Object last(Env env, Object[] a) {
        return switch (a[0]) {
            case Str s -> s.isEmpty() ? noLast() : s.at(s.length() - 1);
            case PySized s -> {
                Object[] items = Operators.items(env, s);
                yield items.length == 0 ? noLast() : items[items.length - 1];
            }
            default -> throw PyError.runtime("'" + Text.typeName(a[0]) + "' object is not reversible");
        };
    }

    private static Object noLast() {
        return Undefined.because("No last item, sequence was empty.");
    }

    private static Object random(Env env, Object[] a) {
        int length = Operators.length(a[0]);
        if (length < 0) {
            throw PyError.runtime("object of type '" + Text.typeName(a[0]) + "' has no len()");
        }
        if (length == 0) {
            return Undefined.because("No random item, sequence was empty.");
        }
        return Attributes.requireItem(env, a[0], (long) env.random().nextInt(length));
    }

    private static Object[] mapped(Env env, Object iterable, Object attribute) {
        Object[] items = Operators.items(env, iterable);
        if (attribute == None.NONE) {
            return items;
        }
        AttributePath path = AttributePath.of(attribute, false, None.NONE);
        env.budget().list(items.length);
        Object[] values = new Object[items.length];
        for (int i = 0; i < items.length; i++) {
            values[i] = path.get(env, items[i]);
        }
        return values;
    }

    private static Object join(Env env, Object[] a) {
        Object[] items = mapped(env, a[0], a[2]);
        if (!env.autoescape()) {
            return joined(env, Text.str(env, a[1]), items);
        }
        boolean markup = TextFilters.isMarkup(a[1]) || Arrays.stream(items).anyMatch(TextFilters::isMarkup);
        if (!markup) {
            return joined(env, Text.str(env, a[1]), items);
        }
        Object[] safe = new Object[items.length];
        for (int i = 0; i < items.length; i++) {
            safe[i] = Html.escape(env, items[i]);
        }
        return joined(env, Html.escape(env, a[1]), safe).asMarkup();
    }

    private static Str joined(Env env, Str separator, Object[] items) {
        if (items.length == 1) {
            return Text.str(env, items[0]);
        }
        StrBuilder out = new StrBuilder();
        env.budget().steps(items.length);
        for (int i = 0; i < items.length; i++) {
            if (i > 0) {
                out.append(separator);
            }
            out.append(Text.str(env, items[i]));
            if (out.chars() > env.budget().maxStringChars()) {
                env.budget().string(out.chars());
            }
        }
        return env.checked(out.toStr());
    }

    private static Object reverse(Env env, Object[] a) {
        if (a[0] instanceof Str s) {
            StrBuilder out = new StrBuilder(s.chars());
            for (int end = s.chars(); end > 0; ) {
                int start = end - Character.charCount(s.text().codePointBefore(end));
                out.append(s, start, end);
                end = start;
            }
            return env.checked(out.toStr()).asMarkup(s.isMarkup());
        }
        if (!Operators.isIterable(a[0])) {
            throw PyError.runtime("argument must be iterable");
        }
        Object[] items = Operators.items(env, a[0]).clone();
        env.budget().list(items.length);
        List<Object> reversed = Arrays.asList(items);
        Collections.reverse(reversed);
        String type = a[0] instanceof PyList ? "list_reverseiterator" : "reversed";
        return a[0] instanceof PySized ? new PyIterator(type, reversed.iterator()) : PyList.of(items);
    }

    private static Object sum(Env env, Object[] a) {
        if (a[2] instanceof Str) {
            throw PyError.runtime("sum() can't sum strings [use ''.join(seq) instead]");
        }
        Object total = a[2];
        for (Object item : mapped(env, a[0], a[1])) {
            env.budget().step();
            total = Arithmetic.add(env, total, item);
        }
        return total;
    }

    private static Object extreme(Env env, Object[] a, String sign) {
        Object[] items = Operators.items(env, a[0]);
        if (items.length == 0) {
            return Undefined.because("No aggregated item, sequence was empty.");
        }
        AttributePath path = AttributePath.of(a[2], !Operators.truthy(a[1]), None.NONE);
        Object best = items[0];
        Object bestKey = path.get(env, best);
        for (int i = 1; i < items.length; i++) {
            Object key = path.get(env, items[i]);
            env.budget().step();
            if (Operators.ordered(env, key, bestKey, sign)) {
                best = items[i];
                bestKey = key;
            }
        }
        return best;
    }

    private static Object sort(Env env, Object[] a) {
        Object[] items = Operators.items(env, a[0]);
        AttributePath path = AttributePath.several(a[3], !Operators.truthy(a[2]));
        Object[] keys = new Object[items.length];
        for (int i = 0; i < items.length; i++) {
            env.budget().charge(8);
            keys[i] = path.all(env, items[i]);
        }
        return PyList.of(Sorting.sorted(env, items, keys, Operators.truthy(a[1])));
    }

    private static Object dictSort(Env env, Object[] a) {
        String by = a[2] instanceof Str s ? s.text() : "";
        if (!by.equals("key") && !by.equals("value")) {
            throw PyError.runtime("You can only sort by either \"key\" or \"value\"");
        }
        if (!(a[0] instanceof PyDict dict)) {
            throw Params.noAttribute(a[0], "items");
        }
        env.budget().list(dict.size());
        Object[] keys = by.equals("key") ? dict.keys() : dict.values();
        AttributePath path = AttributePath.of(None.NONE, !Operators.truthy(a[1]), None.NONE);
        for (int i = 0; i < keys.length; i++) {
            keys[i] = path.get(env, keys[i]);
        }
        return PyList.of(Sorting.sorted(env, dict.pairs(), keys, Operators.truthy(a[3])));
    }

    private static Object groupBy(Env env, Object[] a) {
        boolean ignoreCase = !Operators.truthy(a[3]);
        AttributePath by = AttributePath.of(a[1], ignoreCase, a[2]);
        AttributePath exact = AttributePath.of(a[1], false, a[2]);
        Object[] items = Operators.items(env, a[0]);
        Object[] keys = new Object[items.length];
        for (int i = 0; i < items.length; i++) {
            keys[i] = by.get(env, items[i]);
        }
        Object[] sorted = Sorting.sorted(env, items, keys, false);
        ItemBuffer groups = new ItemBuffer(env);
        int start = 0;
        for (int i = 1; i <= sorted.length; i++) {
            Object key = by.get(env, sorted[start]);
            if (i == sorted.length || !Operators.equal(env, key, by.get(env, sorted[i]))) {
                Object[] group = Arrays.copyOfRange(sorted, start, i);
                groups.add(PyTuple.named(GROUP, exact.get(env, group[0]), PyList.of(group)));
                start = i;
            }
        }
        return groups.toList();
    }
}
