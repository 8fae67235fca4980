package io.github.llamacpp4j;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value made when it is first asked for. A failure is not remembered. Thread-safe. */
final class Lazy<T> implements Supplier<T> {

    private final Supplier<? extends T> maker;
    private volatile @Nullable T value;

    Lazy(Supplier<? extends T> maker) {
        this.maker = maker;
    }

    /** The value if it was made. */
    Optional<T> made() {
        return Optional.ofNullable(value);
    }

    @Override
    public T get() {
        T made = value;
        if (made == null) {
            synchronized (this) {
                made = value;
                if (made == null) {
                    made = maker.get();
                    value = made;
                }
            }
        }
        return made;
    }
}
