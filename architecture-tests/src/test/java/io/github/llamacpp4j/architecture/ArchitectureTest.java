package io.github.llamacpp4j.architecture;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows of {@code docs/architecture.md}, and the house rules that a machine can check. */
class ArchitectureTest {

    private static final String ROOT = "io.github.llamacpp4j";

    /** Module to the modules that it may use. {@code llama} is the root package itself. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("gguf", Set.of()),
            Map.entry("template", Set.of()),
            Map.entry("grammar", Set.of()),
            Map.entry("natives", Set.of()),
            Map.entry("tinychat", Set.of()),
            Map.entry("chat", Set.of("template", "grammar")),
            Map.entry("store", Set.of("gguf")),
            Map.entry("ffi", Set.of("natives")),
            Map.entry("model", Set.of("ffi", "gguf", "natives")),
            Map.entry("engine", Set.of("model", "grammar")),
            Map.entry("micrometer", Set.of("engine")),
            Map.entry("opentelemetry", Set.of("engine")),
            Map.entry("llama", Set.of("engine", "model", "chat", "grammar", "template", "store", "gguf", "natives")),
            Map.entry("testkit", Set.of("llama", "engine", "model", "natives", "tinychat")),
            Map.entry(
                    "server", Set.of("llama", "engine", "model", "chat", "grammar", "template", "gguf", "micrometer")));

    /** Packages that are exported to our own modules only, where native types may show. */
    private static final List<String> INTERNAL = List.of(ROOT + ".ffi", ROOT + ".model.internal");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @TestFactory
    List<DynamicTest> modulesUseOnlyWhatTheArrowsAllow() {
        List<DynamicTest> tests = new ArrayList<>();
        ARROWS.forEach((module, allowed) -> tests.add(DynamicTest.dynamicTest(module, () -> {
            DescribedPredicate<JavaClass> forbidden =
                    DescribedPredicate.describe("another module of llamacpp4j than " + new TreeSet<>(allowed), type -> {
                        String target = module(type);
                        return !target.isEmpty() && !target.equals(module) && !allowed.contains(target);
                    });
            noClasses()
                    .that(are(DescribedPredicate.describe(
                            "in " + module, type -> module(type).equals(module))))
                    .should()
                    .dependOnClassesThat(forbidden)
                    .allowEmptyShould(true)
                    .check(CLASSES);
        })));
        return tests;
    }

    @Test
    void everyModuleIsKnownHere() {
        assertThat(CLASSES.stream().map(ArchitectureTest::module).filter(name -> !name.isEmpty()))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(ARROWS.keySet().contains(name) || name.equals("cli"))
                        .as(name)
                        .isTrue());
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nativeTypesDoNotShowInExportedSignatures() {
        methods()
                .that(DescribedPredicate.describe("are visible to users", ArchitectureTest::visibleToUsers))
                .should(new NoNativeTypes())
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLinePrints() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }

    @Test
    void everyPackageSaysWhatMayBeNull() {
        classes()
                .that(DescribedPredicate.describe(
                        "are written by hand", type -> !type.getPackageName().contains(".generated")))
                .should(new InNullMarkedPackage(NullMarked.class))
                .check(CLASSES);
    }

    private static boolean visibleToUsers(JavaMethod method) {
        boolean exposed = method.getModifiers().contains(JavaModifier.PUBLIC)
                || method.getModifiers().contains(JavaModifier.PROTECTED);
        return exposed
                && method.getOwner().getModifiers().contains(JavaModifier.PUBLIC)
                && INTERNAL.stream().noneMatch(method.getOwner().getPackageName()::startsWith);
    }

    private static String module(JavaClass type) {
        String name = type.getPackageName();
        if (name.equals(ROOT)) {
            return "llama";
        }
        if (!name.startsWith(ROOT + ".")) {
            return "";
        }
        String rest = name.substring(ROOT.length() + 1);
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }
}
