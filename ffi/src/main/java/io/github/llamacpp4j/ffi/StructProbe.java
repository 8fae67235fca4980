package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.ffi.generated.GgmlH;
import io.github.llamacpp4j.ffi.generated.llama_batch;
import io.github.llamacpp4j.ffi.generated.llama_context_params;
import io.github.llamacpp4j.ffi.generated.llama_model_params;
import io.github.llamacpp4j.ffi.generated.llama_model_quantize_params;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Measures the structs of a foreign libllama.
 *
 * <p>Every 64-bit ABI returns a struct of more than 16 bytes through a hidden pointer. So a function such as
 * {@code llama_model_default_params} can be called with a buffer much longer than the struct: once filled with 0xAA, once
 * with 0x55. The bytes that are equal afterwards are those that the function wrote, which tells the real length and where
 * the members are. Then the values of the defaults at our offsets tell whether the members are those we know.
 */
final class StructProbe {

    private static final int BUFFER_BYTES = 512;
    private static final byte FIRST_FILL = (byte) 0xaa;
    private static final byte SECOND_FILL = 0x55;
    private static final MemoryLayout OVERSIZED =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(BUFFER_BYTES / Long.BYTES, ValueLayout.JAVA_LONG));
    private static final int PROBED_TOKENS = 7;

    /** A member and the value that a fresh struct has there. */
    private record Canary(String member, Number value) {}

    private static final List<Canary> MODEL_DEFAULTS = List.of(
            new Canary("n_gpu_layers", -1),
            new Canary("split_mode", 1),
            new Canary("load_mode", -1),
            new Canary("lazy_mode", 1),
            new Canary("main_gpu", 0),
            new Canary("vocab_only", 0),
            new Canary("check_tensors", 0),
            new Canary("use_extra_bufts", 1),
            new Canary("no_host", 0),
            new Canary("no_alloc", 0),
            new Canary("load_mtp", 0));

    private static final List<Canary> CONTEXT_DEFAULTS = List.of(
            new Canary("n_ctx", 512),
            new Canary("n_batch", 2048),
            new Canary("n_ubatch", 512),
            new Canary("n_seq_max", 1),
            new Canary("n_outputs_max_per_seq", 1),
            new Canary("rope_scaling_type", -1),
            new Canary("pooling_type", -1),
            new Canary("attention_type", -1),
            new Canary("flash_attn_type", -1),
            new Canary("yarn_ext_factor", -1.0f),
            new Canary("yarn_beta_slow", -1.0f),
            new Canary("defrag_thold", -1.0f),
            new Canary("type_k", GgmlH.GGML_TYPE_F16),
            new Canary("type_v", GgmlH.GGML_TYPE_F16),
            new Canary("embeddings", 0),
            new Canary("offload_kqv", 1),
            new Canary("no_perf", 1),
            new Canary("op_offload", 1),
            new Canary("swa_full", 1),
            new Canary("kv_unified", 0));

    private static final List<Canary> QUANTIZE_DEFAULTS = List.of(
            new Canary("nthread", 0),
            new Canary("ftype", 7),
            new Canary("quantize_output_tensor", 1),
            new Canary("only_copy", 0),
            new Canary("dry_run", 0));

    private final SymbolLookup lookup;

    StructProbe(SymbolLookup lookup) {
        this.lookup = lookup;
    }

    /** What differs, one clause per struct. Functions that do not exist are not called. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        compare("llama_model_default_params", llama_model_params.LAYOUT, MODEL_DEFAULTS, problems);
        compare("llama_context_default_params", llama_context_params.LAYOUT, CONTEXT_DEFAULTS, problems);
        compare("llama_model_quantize_default_params", llama_model_quantize_params.LAYOUT, QUANTIZE_DEFAULTS, problems);
        compare(
                "llama_batch_get_one",
                llama_batch.LAYOUT,
                List.of(new Canary("n_tokens", PROBED_TOKENS)),
                problems,
                MemorySegment.NULL,
                PROBED_TOKENS);
        return problems;
    }

    private void compare(
            String function, StructLayout expected, List<Canary> canaries, List<String> problems, Object... arguments) {
        if (lookup.find(function).isEmpty()) {
            return;
        }
        MethodHandle handle = handle(lookup.find(function).get(), arguments);
        byte[] first = call(handle, FIRST_FILL, arguments);
        byte[] second = call(handle, SECOND_FILL, arguments);
        BitSet written = new BitSet();
        for (int i = 0; i < BUFFER_BYTES; i++) {
            written.set(i, first[i] == second[i]);
        }
        shapeProblem(written, expected)
                .or(() -> canaryProblem(first, expected, canaries))
                .ifPresent(problem ->
                        problems.add(expected.name().orElse("a struct") + " is different (" + problem + ")"));
    }

    /** The members must have been written, and nothing behind the struct; padding may have been. */
    static Optional<String> shapeProblem(BitSet written, StructLayout expected) {
        BitSet members = members(expected);
        if (written.length() < members.length() || written.length() > expected.byteSize()) {
            return Optional.of("found " + written.length() + " bytes, expected " + members.length());
        }
        BitSet unwritten = (BitSet) members.clone();
        unwritten.andNot(written);
        return unwritten.isEmpty()
                ? Optional.empty()
                : Optional.of("found a gap at byte " + unwritten.nextSetBit(0) + ", expected a member");
    }

    private static Optional<String> canaryProblem(byte[] struct, StructLayout expected, List<Canary> canaries) {
        MemorySegment segment = MemorySegment.ofArray(struct);
        for (Canary canary : canaries) {
            MemoryLayout.PathElement path = MemoryLayout.PathElement.groupElement(canary.member);
            long offset = expected.byteOffset(path);
            Number found = value(segment, expected.select(path), offset);
            if (found.doubleValue() != canary.value.doubleValue()) {
                return Optional.of("the default of " + canary.member + " is " + found + ", expected " + canary.value);
            }
        }
        return Optional.empty();
    }

    private static Number value(MemorySegment struct, MemoryLayout member, long offset) {
        if (member instanceof ValueLayout.OfBoolean) {
            return struct.get(ValueLayout.JAVA_BYTE, offset);
        }
        return member instanceof ValueLayout.OfFloat
                ? struct.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset)
                : struct.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
    }

    private static BitSet members(StructLayout layout) {
        BitSet members = new BitSet();
        int offset = 0;
        for (MemoryLayout member : layout.memberLayouts()) {
            int end = offset + Math.toIntExact(member.byteSize());
            if (!(member instanceof PaddingLayout)) {
                members.set(offset, end);
            }
            offset = end;
        }
        return members;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(MemorySegment function, Object... arguments) {
        MemoryLayout[] parameters = Arrays.stream(arguments)
                .map(argument -> argument instanceof Integer ? ValueLayout.JAVA_INT : ValueLayout.ADDRESS)
                .toArray(MemoryLayout[]::new);
        return Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(OVERSIZED, parameters));
    }

    private static byte[] call(MethodHandle handle, byte fill, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(OVERSIZED).fill(fill);
            Object[] all = new Object[arguments.length + 1];
            all[0] = (SegmentAllocator) (bytes, alignment) -> buffer;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            handle.invokeWithArguments(all);
            return buffer.toArray(ValueLayout.JAVA_BYTE);
        } catch (Throwable impossible) {
            throw new IllegalStateException("a function that only returns defaults cannot be called", impossible);
        }
    }
}
