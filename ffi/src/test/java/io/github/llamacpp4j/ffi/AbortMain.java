package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.ffi.generated.GgmlBackendH;

/** Violates an assertion of ggml, which ends the process. */
final class AbortMain {

    private AbortMain() {}

    public static void main(String[] arguments) {
        NativeLoader.load();
        GgmlBackendH.ggml_backend_reg_get(999);
    }
}
