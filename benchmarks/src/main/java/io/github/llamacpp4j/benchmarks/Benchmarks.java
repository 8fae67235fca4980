package io.github.llamacpp4j.benchmarks;

import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks with JMH's own options; {@code -Dtemplates=each} measures every template of the corpus apart. */
public final class Benchmarks {
    private Benchmarks() {}

    /**
     * Runs.
     *
     * @param arguments as JMH takes them: a part of a benchmark's name, {@code -f 1}, {@code -rf json}, ...
     * @throws RunnerException if a benchmark fails
     * @throws CommandLineOptionException if JMH does not know an option
     */
    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        ChainedOptionsBuilder options = new OptionsBuilder().parent(new CommandLineOptions(arguments));
        if ("each".equals(System.getProperty("templates"))) {
            options.param("template", TemplateCorpus.open().names().toArray(String[]::new));
        }
        new Runner(options.build()).run();
    }
}
