package io.github.llamacpp4j.model;

import java.nio.file.Path;

/** Commits every {@link Misuse} named after the first argument, in this JVM, and says what came of each. */
final class MisuseMain {

    private MisuseMain() {}

    public static void main(String[] arguments) {
        try (Fixture fixture = new Fixture(Path.of(arguments[0]))) {
            for (int i = 1; i < arguments.length; i++) {
                Misuse misuse = Misuse.valueOf(arguments[i]);
                System.out.println("begin " + misuse);
                System.out.flush();
                System.out.println("end " + misuse + " " + outcome(misuse, fixture));
            }
            fixture.proveAlive();
            System.out.println("alive");
        }
    }

    private static String outcome(Misuse misuse, Fixture fixture) {
        try {
            misuse.commit(fixture);
            return "accepted";
        } catch (RuntimeException refusal) {
            fixture.proveAlive();
            return misuse.expected().isInstance(refusal)
                    ? "refused"
                    : refusal.toString().replace('\n', ' ');
        }
    }
}
