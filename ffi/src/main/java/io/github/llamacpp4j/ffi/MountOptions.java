package io.github.llamacpp4j.ffi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How the file system that holds a path is mounted. Linux only; elsewhere nothing is known. */
final class MountOptions {

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private MountOptions() {}

    static boolean forbidExecution(Path path) {
        try {
            return Files.isReadable(MOUNTS) && forbidExecution(Files.readAllLines(MOUNTS), path.toRealPath());
        } catch (IOException unknown) {
            return false;
        }
    }

    /** The fields of a line are described in proc(5): the fifth is the mount point, the sixth the options. */
    static boolean forbidExecution(List<String> mountInfo, Path path) {
        Path best = Path.of("/");
        boolean forbidden = false;
        for (String line : mountInfo) {
            String[] fields = line.split(" ", -1);
            if (fields.length < 6) {
                continue;
            }
            Path mountPoint = Path.of(unescape(fields[4]));
            if (path.startsWith(mountPoint) && mountPoint.getNameCount() >= best.getNameCount()) {
                best = mountPoint;
                forbidden = List.of(fields[5].split(",", -1)).contains("noexec");
            }
        }
        return forbidden;
    }

    private static String unescape(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
