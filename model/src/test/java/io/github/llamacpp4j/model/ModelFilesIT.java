package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.testkit.base.BrokenModel;
import io.github.llamacpp4j.testkit.base.ForkedJvm;
import io.github.llamacpp4j.testkit.base.ForkedResult;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that are no models: refused with a sentence, in a JVM of their own. */
class ModelFilesIT {

    /** Loads each {@link BrokenModel}, then models with flipped bytes; argument: a folder. */
    static final class Main {

        private Main() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            for (BrokenModel broken : BrokenModel.values()) {
                System.out.println("begin " + broken);
                System.out.flush();
                System.out.println("end " + broken + " " + load(broken.writeInto(folder)));
            }
            byte[] sound = Files.readAllBytes(TestModels.tinychat());
            Random random = new Random(11);
            int refused = 0;
            for (int i = 0; i < 120; i++) {
                byte[] changed = sound.clone();
                for (int flips = 0; flips <= i % 4; flips++) {
                    changed[random.nextInt(i % 2 == 0 ? 2_000 : 100_000)] ^= (byte) (1 << random.nextInt(8));
                }
                System.out.flush();
                refused += load(Files.write(folder.resolve("changed.gguf"), changed))
                                .equals("loaded")
                        ? 0
                        : 1;
            }
            System.out.println("refused " + refused);
            System.out.println("alive");
        }

        private static String load(Path file) {
            try (Model model = Model.load(file)) {
                int[] tokens = model.tokenizer().encode("text", false, true);
                try (Context context = model.newContext(Contexts.small().build())) {
                    context.append(0, tokens);
                }
                return "loaded";
            } catch (ModelLoadException refusal) {
                return refusal.reason().toString();
            } catch (LlamaException | IllegalArgumentException unusable) {
                return "unusable";
            }
        }
    }

    @Test
    void brokenAndChangedFilesNeverEndTheProcess(@TempDir Path folder) {
        ForkedResult result = ForkedJvm.of(Main.class)
                .arguments(folder.toString())
                .environment("GGML_NO_BACKTRACE", "1")
                .timeout(Duration.ofMinutes(4))
                .run()
                .assertSucceeded();
        for (BrokenModel broken : BrokenModel.values()) {
            assertThat(result.stdout()).containsPattern("end " + broken + " (UNREADABLE|NOT_GGUF|DAMAGED|REFUSED)");
        }
        assertThat(result.stdout()).contains("alive");
    }

    @ParameterizedTest
    @EnumSource(
            value = BrokenModel.class,
            names = {"EMPTY", "WEB_PAGE", "NOISE", "ONE_BYTE"})
    void whatIsNoGgufFileIsCalledSo(BrokenModel broken, @TempDir Path folder) {
        assertThatThrownBy(() -> Model.load(broken.writeInto(folder)))
                .isInstanceOfSatisfying(
                        ModelLoadException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(ModelLoadException.Reason.NOT_GGUF));
    }

    @Test
    void aTruncatedFileNamesPathAndTensor(@TempDir Path folder) {
        Path file = BrokenModel.CUT_IN_TENSORS.writeInto(folder);
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOfSatisfying(ModelLoadException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(ModelLoadException.Reason.DAMAGED);
                    assertThat(failure.path()).isEqualTo(file);
                })
                .hasMessageContaining("truncated");
    }

    @Test
    void whatLlamaCppRefusesCarriesItsLog(@TempDir Path folder) {
        assertThatThrownBy(() -> Model.load(BrokenModel.UNKNOWN_ARCHITECTURE.writeInto(folder)))
                .isInstanceOfSatisfying(ModelLoadException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(ModelLoadException.Reason.REFUSED);
                    assertThat(failure.nativeLog()).anyMatch(line -> line.contains("no-such-thing"));
                })
                .hasMessageContaining("unknown model architecture");
    }
}
