package io.github.llamacpp4j.ffi;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers where each open {@link NativeHandle} was created, if the system property {@code llamacpp4j.leakDetection} is
 * {@code true} when this class is first used. Off by default, since it takes a stack trace per handle; on in our tests.
 *
 * <p>The table is static: it has to see the handles of every object in the JVM. Thread-safe.
 */
public final class LeakDetector {
    private static final boolean ENABLED = Boolean.getBoolean("llamacpp4j.leakDetection");
    private static final Map<Hold, AllocationSite> OPEN = new ConcurrentHashMap<>();

    private LeakDetector() {}

    /** Whether handles are being watched. */
    public static boolean enabled() {
        return ENABLED;
    }

    /** Where the handles that are open now were created; empty if handles are not being watched. */
    public static List<AllocationSite> openHandles() {
        return List.copyOf(OPEN.values());
    }

    static void opened(Hold hold) {
        if (ENABLED) {
            OPEN.put(hold, new AllocationSite(hold.name()));
        }
    }

    static void closed(Hold hold) {
        OPEN.remove(hold);
    }

    static @Nullable AllocationSite site(Hold hold) {
        return OPEN.get(hold);
    }

    /** The stack of the thread that created a handle. Never thrown; it is a throwable so that loggers print it. */
    public static final class AllocationSite extends Exception {
        private static final long serialVersionUID = 1L;

        private AllocationSite(String name) {
            super("the " + name + " was opened here");
        }
    }
}
