package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_set_adapters_lora;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.llamacpp4j.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Puts a set of adapters to use in a context, with a share in each for as long as the context may read it. */
final class AdapterSet {

    private AdapterSet() {}

    /**
     * Replaces the adapters of a context.
     *
     * @param shares the shares held for the adapters in use; replaced by those for the new ones
     */
    static void apply(
            MemorySegment context, NativeHandle model, List<ScaledAdapter> adapters, List<NativeHandle> shares) {
        for (int i = 0; i < adapters.size(); i++) {
            LoraAdapter adapter = adapters.get(i).adapter();
            if (adapter.model() != model) {
                throw new IllegalArgumentException("an adapter of another model cannot be used in this context");
            }
            for (int j = 0; j < i; j++) {
                if (adapters.get(j).adapter() == adapter) {
                    throw new IllegalArgumentException("an adapter is named twice; add up its scales");
                }
            }
        }
        List<NativeHandle> taken = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointers = arena.allocate(ADDRESS, adapters.size() + 1L);
            MemorySegment scales = arena.allocate(JAVA_FLOAT, adapters.size() + 1L);
            for (int i = 0; i < adapters.size(); i++) {
                NativeHandle share = adapters.get(i).adapter().handle().share();
                taken.add(share);
                pointers.setAtIndex(ADDRESS, i, share.segment());
                scales.setAtIndex(JAVA_FLOAT, i, adapters.get(i).scale());
            }
            llama_set_adapters_lora(context, pointers, adapters.size(), scales);
        } catch (RuntimeException failure) {
            taken.forEach(NativeHandle::close);
            throw failure;
        }
        shares.forEach(NativeHandle::close);
        shares.clear();
        shares.addAll(taken);
    }
}
