package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class MountOptionsTest {

    private static final List<String> MOUNTS = List.of(
            "21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw",
            "22 21 0:20 / /tmp rw,nosuid,noexec - tmpfs tmpfs rw",
            "23 22 0:21 / /tmp/my\\040disk rw - tmpfs tmpfs rw",
            "24 21 0:22 / /home rw,noexec - ext4 /dev/sdb rw",
            "25 24 0:23 / /home rw - ext4 /dev/sdc rw",
            "a line of another kind");

    @Test
    void theInnermostMountDecides() {
        assertThat(MountOptions.forbidExecution(MOUNTS, Path.of("/tmp/x/lib.so")))
                .isTrue();
        assertThat(MountOptions.forbidExecution(MOUNTS, Path.of("/tmp/my disk/lib.so")))
                .isFalse();
        assertThat(MountOptions.forbidExecution(MOUNTS, Path.of("/opt/lib.so"))).isFalse();
        assertThat(MountOptions.forbidExecution(MOUNTS, Path.of("/tmpfoo/lib.so")))
                .isFalse();
    }

    @Test
    void aLaterMountCoversAnEarlierOne() {
        assertThat(MountOptions.forbidExecution(MOUNTS, Path.of("/home/u/lib.so")))
                .isFalse();
    }
}
