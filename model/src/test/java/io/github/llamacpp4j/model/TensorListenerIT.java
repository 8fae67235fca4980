package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.testkit.base.TestModels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TensorListenerIT {

    private static final int[] PROMPT = {1, 2, 3};

    private final Model model = Model.load(TestModels.tinychat());

    @AfterEach
    void close() {
        model.close();
    }

    private Context context(Predicate<ComputedTensor> wants, BiConsumer<ComputedTensor, TensorValues> computed) {
        return model.newContext(Contexts.small()
                .tensorListener(new TensorListener() {
                    @Override
                    public boolean wants(ComputedTensor tensor) {
                        return wants.test(tensor);
                    }

                    @Override
                    public void computed(ComputedTensor tensor, TensorValues values) {
                        computed.accept(tensor, values);
                    }
                })
                .build());
    }

    @Test
    void theNumbersOfTheLastTensorAreTheLogits() {
        Map<String, float[]> seen = new HashMap<>();
        try (Context context = context(tensor -> tensor.name().equals("result_output"), (tensor, values) -> {
            assertThat(tensor).isEqualTo(new ComputedTensor("result_output", "MUL_MAT", "f32", List.of(2048L)));
            seen.put(tensor.name(), values.copy());
        })) {
            context.append(0, PROMPT);
            assertThat(seen.get("result_output")).isEqualTo(context.logits(-1));
        }
    }

    @Test
    void everyLayerShowsOneVectorForEachToken() {
        Map<String, List<Long>> shapes = new HashMap<>();
        try (Context context = context(tensor -> tensor.name().startsWith("attn_norm-"), (tensor, values) -> {
            shapes.put(tensor.name(), tensor.shape());
            assertThat(values.copy()).hasSize(256 * PROMPT.length);
        })) {
            context.append(0, PROMPT);
        }
        assertThat(shapes)
                .hasSize(4)
                .allSatisfy((name, shape) -> assertThat(shape).containsExactly(256L, (long) PROMPT.length));
    }

    @Test
    void lookingAtEverythingChangesNothing() {
        float[] unobserved;
        try (Context context = model.newContext(Contexts.small().build())) {
            context.append(0, PROMPT);
            unobserved = context.logits(-1);
        }
        List<String> unread = new ArrayList<>();
        try (Context context = context(tensor -> true, (tensor, values) -> {
            try {
                values.copy();
            } catch (IllegalStateException refused) {
                unread.add(tensor + ": " + refused.getMessage());
            }
        })) {
            context.append(0, PROMPT);
            assertThat(context.logits(-1)).isEqualTo(unobserved);
        }
        assertThat(unread).isEmpty();
    }

    @Test
    void whatItThrowsComesOutOfTheDecodeAndTheContextGoesOn() {
        List<String> asked = new ArrayList<>();
        try (Context context = context(
                tensor -> {
                    asked.add(tensor.name());
                    throw new ArithmeticException("seen enough");
                },
                (tensor, values) -> {})) {
            assertThatThrownBy(() -> context.append(0, PROMPT))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessage("seen enough");
            assertThat(asked).hasSize(1);
            assertThatThrownBy(() -> context.logits(-1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> context.append(0, PROMPT)).isInstanceOf(ArithmeticException.class);
            assertThat(asked).hasSize(2);
        }
    }

    @Test
    void aListenerMayAbort() {
        List<Context> running = new ArrayList<>();
        try (Context context = context(
                tensor -> {
                    running.getFirst().abort();
                    return false;
                },
                (tensor, values) -> {})) {
            running.add(context);
            assertThatThrownBy(() -> context.append(0, PROMPT)).isInstanceOf(DecodeAbortedException.class);
        }
    }
}
