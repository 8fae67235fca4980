package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.ffi.generated.GgmlBackendH;
import io.github.llamacpp4j.ffi.generated.GgmlH;
import io.github.llamacpp4j.ffi.generated.LlamaH;
import io.github.llamacpp4j.ffi.generated.NativeSymbols;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NativeSymbolsTest {
    static List<Method> functions() {
        return Stream.of(LlamaH.class, GgmlBackendH.class, GgmlH.class)
                .flatMap(header -> Arrays.stream(header.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .toList();
    }

    @Test
    void everyBoundFunctionIsRequiredOfTheLibraryOnce() {
        assertThat(NativeSymbols.REQUIRED)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        functions().stream().map(Method::getName).toList());
    }

    @ParameterizedTest
    @MethodSource("functions")
    void theJavaMethodHasTheTypesOfItsDescriptor(Method function) {
        FunctionDescriptor descriptor = NativeSymbols.descriptor(function.getName());
        MethodType type = descriptor.toMethodType();
        if (descriptor.returnLayout().orElse(null) instanceof GroupLayout) {
            type = type.insertParameterTypes(0, SegmentAllocator.class);
        }

        assertThat(MethodType.methodType(function.getReturnType(), function.getParameterTypes()))
                .isEqualTo(type);
    }

    @Test
    void allMissingSymbolsAreReportedTogether() {
        SymbolLookup lookup = name -> name.equals("llama_decode") || name.startsWith("ggml_")
                ? Optional.of(MemorySegment.ofAddress(1))
                : Optional.empty();

        assertThat(NativeSymbols.missing(lookup))
                .contains("llama_encode", "llama_model_load_from_file")
                .doesNotContain("llama_decode", "ggml_version")
                .hasSizeGreaterThan(150);
        assertThat(NativeSymbols.missing(name -> Optional.of(MemorySegment.ofAddress(1))))
                .isEmpty();
    }

    @Test
    void whatOlderSupportedReleasesLackIsNotBound() {
        assertThat(NativeSymbols.REQUIRED).doesNotContain("llama_adapter_lora_init_from_file_ptr");
    }

    @Test
    void aFunctionThatIsNotBoundHasNoDescriptor() {
        assertThatThrownBy(() -> NativeSymbols.descriptor("llama_opt_init"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no binding for C function llama_opt_init");
    }
}
