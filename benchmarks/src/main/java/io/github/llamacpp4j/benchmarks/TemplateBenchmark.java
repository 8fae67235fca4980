package io.github.llamacpp4j.benchmarks;

import io.github.llamacpp4j.template.RenderOptions;
import io.github.llamacpp4j.template.Template;
import io.github.llamacpp4j.template.TrackedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Parsing and rendering chat templates: the mean over the cases that the reference renders, one case per operation. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class TemplateBenchmark {
    private record Case(Template template, Map<String, Object> context) {}

    /** A file name of the corpus, or {@code all}. */
    @Param("all")
    public String template = "all";

    private final List<String> sources = new ArrayList<>();
    private final List<Case> cases = new ArrayList<>();
    private int next;

    /** Reads the corpus. */
    @Setup
    public void read() {
        TemplateCorpus corpus = TemplateCorpus.open();
        for (String name : template.equals("all") ? corpus.names() : List.of(template)) {
            String source = corpus.source(name);
            Template parsed = Template.parse(source);
            sources.add(source);
            corpus.contexts(name).forEach(context -> cases.add(new Case(parsed, context)));
        }
    }

    /** Parses one template. */
    @Benchmark
    public Template parse() {
        next = next + 1 < sources.size() ? next + 1 : 0;
        return Template.parse(sources.get(next));
    }

    /** Renders one case. */
    @Benchmark
    public String render() {
        next = next + 1 < cases.size() ? next + 1 : 0;
        Case c = cases.get(next);
        return c.template().render(c.context());
    }

    /** Renders one case and tracks what came from values. */
    @Benchmark
    public TrackedText renderTracked() {
        next = next + 1 < cases.size() ? next + 1 : 0;
        Case c = cases.get(next);
        return c.template().renderTracked(c.context(), RenderOptions.defaults());
    }
}
