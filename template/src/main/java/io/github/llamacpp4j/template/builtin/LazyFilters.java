package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.ItemBuffer;
import io.github.llamacpp4j.template.value.Keys;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyIterator;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Filters that are generators in Jinja: nothing happens, and nothing fails, before the first item is asked for. */
final class LazyFilters {
    private LazyFilters() {}

    static void addTo(Map<String, Function> table) {
        variadic(table, "map", (env, a) -> generate(() -> map(env, value(a, "map"), a.drop(1))));
        variadic(table, "select", (env, a) -> generate(() -> select(env, a, "select", true, false)));
        variadic(table, "reject", (env, a) -> generate(() -> select(env, a, "reject", false, false)));
        variadic(table, "selectattr", (env, a) -> generate(() -> select(env, a, "selectattr", true, true)));
        variadic(table, "rejectattr", (env, a) -> generate(() -> select(env, a, "rejectattr", false, true)));
        table.put("items", Function.of("items", "value", (env, a) -> generate(() -> items(a[0]))));
        table.put(
                "unique",
                Function.of(
                        "unique",
                        "value, case_sensitive=False, attribute=None",
                        (env, a) -> generate(() -> unique(env, a))));
        table.put(
                "batch",
                Function.of("batch", "value, linecount, fill_with=None", (env, a) -> generate(() -> batch(env, a))));
        table.put(
                "slice",
                Function.of("slice", "value, slices, fill_with=None", (env, a) -> generate(() -> slice(env, a))));
    }

    private static void variadic(Map<String, Function> table, String name, Function.Variadic body) {
        table.put(name, Function.variadic(name, body));
    }

    private static Object value(Arguments arguments, String filter) {
        if (arguments.count() == 0) {
            throw PyError.runtime(filter + "() missing 1 required positional argument: 'value'");
        }
        return arguments.get(0);
    }

    private static PyIterator generate(Supplier<Iterator<Object>> start) {
        return PyIterator.generator(new Iterator<>() {
            private @Nullable Iterator<Object> items;

            private Iterator<Object> items() {
                Iterator<Object> started = items;
                if (started == null) {
                    started = start.get();
                    items = started;
                }
                return started;
            }

            @Override
            public boolean hasNext() {
                return items().hasNext();
            }

            @Override
            public Object next() {
                return items().next();
            }
        });
    }

    private static Iterator<Object> mapping(Env env, Object value, UnaryOperator<Object> function) {
        Iterator<Object> source = Operators.iterate(env, value);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public Object next() {
                env.budget().step();
                return function.apply(source.next());
            }
        };
    }

    private static Iterator<Object> filtering(Env env, Object value, Predicate<Object> keep) {
        Iterator<Object> source = Operators.iterate(env, value);
        return new Iterator<>() {
            private @Nullable Object ready;

            @Override
            public boolean hasNext() {
                while (ready == null && source.hasNext()) {
                    env.budget().step();
                    Object item = source.next();
                    if (keep.test(item)) {
                        ready = item;
                    }
                }
                return ready != null;
            }

            @Override
            public Object next() {
                Object item = hasNext() ? ready : null;
                if (item == null) {
                    throw new NoSuchElementException();
                }
                ready = null;
                return item;
            }
        };
    }

    private static Iterator<Object> map(Env env, Object value, Arguments arguments) {
        if (!Operators.truthy(value)) {
            return Collections.emptyIterator();
        }
        Object attribute = arguments.named().get("attribute");
        if (arguments.count() == 0 && attribute != null) {
            for (String name : arguments.named().keySet()) {
                if (!name.equals("attribute") && !name.equals("default")) {
                    throw PyError.runtime("Unexpected keyword argument '" + name + "'");
                }
            }
            Object otherwise = arguments.named().getOrDefault("default", None.NONE);
            AttributePath path = AttributePath.of(attribute, false, otherwise);
            return mapping(env, value, item -> path.get(env, item));
        }
        if (arguments.count() == 0) {
            throw PyError.runtime("map requires a filter argument");
        }
        Object name = arguments.get(0);
        Arguments rest = arguments.drop(1);
        return mapping(env, value, item -> named(env, name, true).call(env, rest.prepend(item)));
    }

    private static Function named(Env env, Object name, boolean filter) {
        Function found = name instanceof Str s ? (filter ? Filters.named(s.text()) : Tests.named(s.text())) : null;
        if (found != null) {
            return found;
        }
        if (name instanceof PyList || name instanceof PyDict) {
            throw PyError.runtime("unhashable type: '" + Text.typeName(name) + "'");
        }
        throw PyError.runtime("No " + (filter ? "filter" : "test") + " named "
                + Text.repr(env, name).text() + ".");
    }

    private static Iterator<Object> select(Env env, Arguments all, String filter, boolean wanted, boolean byAttribute) {
        Object value = value(all, filter);
        if (!Operators.truthy(value)) {
            return Collections.emptyIterator();
        }
        Arguments arguments = all.drop(1);
        if (byAttribute && arguments.count() == 0) {
            throw PyError.runtime("Missing parameter for attribute name");
        }
        AttributePath path = AttributePath.of(byAttribute ? arguments.get(0) : None.NONE, false, None.NONE);
        int offset = byAttribute ? 1 : 0;
        if (arguments.count() <= offset) {
            return filtering(env, value, item -> Operators.truthy(path.get(env, item)) == wanted);
        }
        Object name = arguments.get(offset);
        Arguments rest = arguments.drop(offset + 1);
        return filtering(
                env, value, item -> Tests.holds(env, named(env, name, false), path.get(env, item), rest) == wanted);
    }

    private static Iterator<Object> items(Object value) {
        if (value instanceof Undefined) {
            return Collections.emptyIterator();
        }
        if (value instanceof PyDict dict) {
            return Arrays.asList(dict.pairs()).iterator();
        }
        throw PyError.runtime("Can only get item pairs from a mapping.");
    }

    private static Iterator<Object> unique(Env env, Object[] a) {
        AttributePath path = AttributePath.of(a[2], !Operators.truthy(a[1]), None.NONE);
        Set<Object> seen = new HashSet<>();
        return filtering(env, a[0], item -> {
            env.budget().charge(4);
            return seen.add(Keys.canonical(path.get(env, item)));
        });
    }

    private static Iterator<Object> batch(Env env, Object[] a) {
        Iterator<Object> source = Operators.iterate(env, a[0]);
        return new Iterator<>() {
            private boolean started;

            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public Object next() {
                ItemBuffer row = new ItemBuffer(env);
                boolean emptyRow = !started && isFull(row);
                started = true;
                if (emptyRow) {
                    return row.toList();
                }
                do {
                    row.add(source.next());
                } while (source.hasNext() && !isFull(row));
                if (a[2] != None.NONE && Operators.ordered(env, (long) row.size(), a[1], "<")) {
                    int width = Numbers.index(a[1]);
                    env.budget().list(width);
                    while (row.size() < width) {
                        row.add(a[2]);
                    }
                }
                return row.toList();
            }

            private boolean isFull(ItemBuffer row) {
                return Operators.equal(env, (long) row.size(), a[1]);
            }
        };
    }

    private static Iterator<Object> slice(Env env, Object[] a) {
        Object[] items = Operators.items(env, a[0]);
        if (!Numbers.isInt(a[1])) {
            throw a[1] instanceof Undefined u
                    ? u.error()
                    : PyError.runtime("unsupported operand type(s) for //: 'int' and '" + Text.typeName(a[1]) + "'");
        }
        int slices = Numbers.index(a[1]);
        if (slices == 0) {
            throw PyError.runtime("integer division or modulo by zero");
        }
        int size = Math.floorDiv(items.length, slices);
        int extra = Math.floorMod(items.length, slices);
        return new Iterator<>() {
            private int number;
            private int offset;

            @Override
            public boolean hasNext() {
                return number < slices;
            }

            @Override
            public Object next() {
                env.budget().step();
                int start = offset + number * size;
                if (number < extra) {
                    offset++;
                }
                int end = offset + (number + 1) * size;
                boolean fill = a[2] != None.NONE && number >= extra;
                env.budget().list(end - start + 1);
                Object[] part = Arrays.copyOfRange(items, start, fill ? end + 1 : end);
                if (fill) {
                    part[end - start] = a[2];
                }
                number++;
                return PyList.of(part);
            }
        };
    }
}
