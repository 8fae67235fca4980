package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.cli.Finding.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doctor}: what this machine has for running models, and what is in the way. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks the JDK, the libraries, the processor, devices, memory and the model store.",
        footer = {"", "Exit code 0 when models can run, 1 when something has to be done first."})
final class DoctorCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private OutputFlag output = new OutputFlag();

    DoctorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<Finding> findings = new Doctor().findings();
        boolean healthy = findings.stream().noneMatch(finding -> finding.verdict() == Verdict.FAILED);
        if (output.json()) {
            terminal.out().println(Json.pretty(json(findings, healthy)));
        } else {
            findings.forEach(this::print);
        }
        return healthy ? 0 : Main.FAILED;
    }

    private void print(Finding finding) {
        terminal.out().println("%-8s %-8s %s".formatted(word(finding), finding.check(), finding.detail()));
        if (!finding.remedy().isEmpty()) {
            terminal.out().println(" ".repeat(18) + "-> " + finding.remedy());
        }
    }

    private static ObjectNode json(List<Finding> findings, boolean healthy) {
        ObjectNode answer = Json.object().put("ok", healthy);
        ArrayNode checks = answer.putArray("checks");
        for (Finding finding : findings) {
            ObjectNode check = checks.addObject()
                    .put("check", finding.check())
                    .put("verdict", word(finding))
                    .put("detail", finding.detail());
            if (!finding.remedy().isEmpty()) {
                check.put("remedy", finding.remedy());
            }
        }
        return answer;
    }

    private static String word(Finding finding) {
        return finding.verdict().name().toLowerCase(Locale.ROOT);
    }
}
