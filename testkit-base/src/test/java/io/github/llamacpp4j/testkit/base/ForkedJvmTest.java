package io.github.llamacpp4j.testkit.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ForkedJvmTest {

    static final class Child {
        private Child() {}

        @SuppressWarnings("restricted") // crashes on purpose
        public static void main(String[] arguments) {
            switch (arguments[0]) {
                case "greet" -> {
                    System.out.println("grüße " + System.getenv("WHO") + " " + System.getProperty("how"));
                    System.err.println("to stderr");
                }
                case "exit" -> System.exit(3);
                case "sleep" -> LockSupport.parkNanos(Duration.ofMinutes(5).toNanos());
                case "crash" -> MemorySegment.ofAddress(8).reinterpret(8).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
                default -> throw new IllegalStateException(arguments[0]);
            }
        }
    }

    @Test
    void outputExitCodeEnvironmentAndFlagsGoThrough() {
        ForkedResult result = ForkedJvm.of(Child.class)
                .arguments("greet")
                .environment("WHO", "world")
                .jvmFlags("-Dhow=loudly", "-Dstdout.encoding=UTF-8")
                .run()
                .assertSucceeded();

        assertThat(result.stdout()).isEqualToIgnoringNewLines("grüße world loudly");
        assertThat(result.stderr()).contains("to stderr");
    }

    @Test
    void anotherExitCodeIsNoCrashAndNoSuccess() {
        ForkedResult result = ForkedJvm.of(Child.class).arguments("exit").run();

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.crashed()).isFalse();
        assertThatThrownBy(result::assertSucceeded)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("exit code 3");
    }

    @Test
    void aJvmThatTakesTooLongIsKilled() {
        ForkedResult result = ForkedJvm.of(Child.class)
                .arguments("sleep")
                .timeout(Duration.ofSeconds(1))
                .run();

        assertThat(result.ended()).isFalse();
        assertThatThrownBy(result::assertSucceeded).hasMessageContaining("its time was over");
    }

    @Test
    void aNativeCrashIsSeenWithItsReport() {
        ForkedResult result = ForkedJvm.of(Child.class).arguments("crash").run();

        assertThat(result.crashed()).isTrue();
        assertThat(result.crashReport())
                .hasValueSatisfying(report -> assertThat(report).contains("SIGSEGV"));
    }
}
