package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.ffi.generated.NativeSymbols;
import io.github.llamacpp4j.natives.NativePins;
import io.github.llamacpp4j.natives.ReleaseRange;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether a libllama is one that the generated bindings fit, without running anything that could do harm if it is
 * not: which functions it exports, which version it says it is, how long its structs are, and where their defaults lie.
 */
@SuppressWarnings("restricted")
final class AbiCheck {

    private static final int LISTED_SYMBOLS = 6;
    private static final AddressLayout STRING =
            ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, ValueLayout.JAVA_BYTE));

    private final SymbolLookup lookup;
    private final NativePins pins;

    AbiCheck(SymbolLookup lookup, NativePins pins) {
        this.lookup = lookup;
        this.pins = pins;
    }

    /** What does not fit, one clause each; empty when the bindings may be used. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        missingSymbols().ifPresent(problems::add);
        version("llama_version", pins.llamaReleases()).ifPresent(problems::add);
        version("ggml_version", pins.ggmlReleases()).ifPresent(problems::add);
        problems.addAll(new StructProbe(lookup).problems());
        return problems;
    }

    private Optional<String> missingSymbols() {
        List<String> missing = NativeSymbols.missing(lookup);
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        String more = missing.size() > LISTED_SYMBOLS ? ", …" : "";
        return Optional.of(missing.size() + " of " + NativeSymbols.REQUIRED.size() + " functions are missing ("
                + String.join(", ", missing.subList(0, Math.min(LISTED_SYMBOLS, missing.size()))) + more + ")");
    }

    private Optional<String> version(String function, ReleaseRange supported) {
        Optional<String> version = string(function);
        if (version.isEmpty()) {
            return Optional.of(function + " does not exist, expected " + supported);
        }
        return supported.contains(version.get())
                ? Optional.empty()
                : Optional.of(function + " is " + version.get() + ", expected " + supported);
    }

    /** The result of a C function without parameters that returns a string; empty when it does not exist. */
    Optional<String> string(String function) {
        return lookup.find(function).map(address -> {
            MethodHandle handle = Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(STRING));
            try {
                return NativeStrings.text((MemorySegment) handle.invokeExact());
            } catch (Throwable impossible) {
                throw new IllegalStateException(function + " cannot be called", impossible);
            }
        });
    }
}
