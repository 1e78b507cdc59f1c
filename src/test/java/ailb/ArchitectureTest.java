package ailb;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Pool;
import ailb.state.InMemoryStateStore;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may import which, and what may be touched only in the packages at the edge. */
class ArchitectureTest {

    private static final JavaClasses MAIN = classesBeside(Pool.class);
    private static final JavaClasses TESTS = classesBeside(ArchitectureTest.class);

    /** Every package, and the packages of ours that it may import. */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("pool", Set.of()),
            Map.entry("runtime", Set.of("runtime.crac")),
            Map.entry("runtime.crac", Set.of()),
            Map.entry("settings", Set.of("pool")),
            Map.entry("state", Set.of("pool")),
            Map.entry("admission", Set.of("pool", "state")),
            Map.entry("health", Set.of("pool", "state")),
            Map.entry("stats", Set.of("pool", "state", "admission", "health")),
            Map.entry("selection", Set.of("pool", "state", "admission", "health", "stats")),
            Map.entry("protocol.json", Set.of()),
            Map.entry("protocol.wire", Set.of("pool", "protocol.json")),
            Map.entry("protocol.error", Set.of("pool", "protocol.json", "protocol.wire")),
            Map.entry("protocol.translate", Set.of("pool", "protocol.json", "protocol.wire")),
            Map.entry(
                    "protocol.openaitoanthropic", Set.of("protocol.json", "protocol.wire", "protocol.translate")),
            Map.entry(
                    "protocol.anthropictoopenai",
                    Set.of("pool", "protocol.json", "protocol.wire", "protocol.translate")),
            Map.entry(
                    "protocol.stream",
                    Set.of("pool", "protocol.json", "protocol.wire", "protocol.error", "protocol.translate")),
            Map.entry(
                    "protocol",
                    Set.of(
                            "pool", "protocol.json", "protocol.wire", "protocol.error", "protocol.translate",
                            "protocol.openaitoanthropic", "protocol.anthropictoopenai", "protocol.stream")),
            Map.entry("port", Set.of("pool", "protocol.json", "protocol.wire")),
            Map.entry(
                    "dispatch.permit",
                    Set.of("pool", "state", "admission", "health", "stats", "protocol.wire", "port")),
            Map.entry(
                    "dispatch.coalesce",
                    Set.of("pool", "state", "admission", "health", "stats", "port", "dispatch.permit")),
            Map.entry(
                    "dispatch.fallback",
                    Set.of(
                            "pool", "state", "admission", "health", "stats", "selection", "port", "dispatch.permit",
                            "dispatch.coalesce")),
            Map.entry(
                    "dispatch.choice",
                    Set.of(
                            "pool", "state", "admission", "health", "stats", "selection", "protocol", "protocol.wire",
                            "port",
                            "dispatch.permit", "dispatch.coalesce", "dispatch.fallback")),
            Map.entry(
                    "dispatch",
                    Set.of(
                            "pool", "state", "admission", "health", "stats", "protocol", "protocol.wire",
                            "protocol.error", "protocol.stream", "port", "dispatch.permit",
                            "dispatch.coalesce", "dispatch.fallback", "dispatch.choice")),
            Map.entry(
                    "batch",
                    Set.of("pool", "protocol", "protocol.json", "protocol.wire", "protocol.error", "port", "dispatch")),
            Map.entry(
                    "api",
                    Set.of("pool", "state", "health", "stats", "protocol", "protocol.json", "protocol.wire",
                            "protocol.error", "protocol.stream", "port", "dispatch", "dispatch.permit",
                            "batch")),
            Map.entry("aws", Set.of("pool", "state", "port", "batch", "api")),
            Map.entry("http", Set.of("pool", "protocol.wire", "port")),
            Map.entry(
                    "lambda",
                    Set.of(
                            "pool", "settings", "state", "protocol.wire", "port", "dispatch", "batch", "api", "aws",
                            "http")));

    /** The packages that are pure: no library, no thread, no file, no socket. */
    private static final List<String> PURE = List.of("pool", "state", "admission", "health", "stats", "selection");

    private static JavaClasses classesBeside(Class<?> known) {
        return new ClassFileImporter()
                .importUrl(known.getProtectionDomain().getCodeSource().getLocation());
    }

    static Set<String> packages() {
        return ALLOWED.keySet();
    }

    @Test
    void thePlanNamesEveryPackage() {
        assertThat(packagesOf(MAIN)).isEqualTo(ALLOWED.keySet());
    }

    /** All that have classes. */
    private static Set<String> packagesOf(JavaClasses classes) {
        return classes.stream()
                .map(JavaClass::getPackageName)
                .map(name -> name.substring("ailb.".length()))
                .collect(Collectors.toSet());
    }

    /** A plan with a cycle would allow one in the code. */
    @Test
    void thePlanHasNoCycle() {
        Set<String> placed = new HashSet<>();
        boolean isProgress = true;
        while (isProgress) {
            isProgress = placed.addAll(ALLOWED.keySet()
                    .stream()
                    .filter(name -> placed.containsAll(ALLOWED.get(name)))
                    .toList());
        }
        assertThat(placed).isEqualTo(ALLOWED.keySet());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageImportsOnlyWhatThePlanAllows(String name) {
        importsOnly(name, ALLOWED.get(name)).check(MAIN);
    }

    private static ArchRule importsOnly(String name, Set<String> others) {
        String[] allowed = others.stream().map(other -> "ailb." + other).toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage("ailb." + name)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed)
                        .or(resideInAPackage("ailb." + name))
                        .or(not(resideInAPackage("ailb.."))));
    }

    @Test
    void noPackagesAndNoClassesOfDispatchDependOnEachOtherInACircle() {
        slices().matching("ailb.(**)").should().beFreeOfCycles().check(MAIN);
        circles("ailb.dispatch..").check(MAIN);
    }

    /** Of top-level classes: a nested one belongs to its own. */
    private static ArchRule circles(String packages) {
        return slices().assignedFrom(new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return resideInAPackage(packages).test(type)
                        ? SliceIdentifier.of(type.getFullName().replaceAll("\\$.*", ""))
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "classes in " + packages;
            }
        }).should().beFreeOfCycles();
    }

    /** What the rules are worth: two planted classes that know each other, and an import that no plan allows. */
    @Test
    void aPlantedCircleAndAPlantedImportAreFound() {
        assertThat(circles("ailb.planted..").evaluate(TESTS).hasViolation()).isTrue();
        assertThat(importsOnly("planted.one", Set.of()).evaluate(TESTS).hasViolation()).isTrue();
        assertThat(importsOnly("planted.one", Set.of("planted.other")).evaluate(TESTS).hasViolation()).isFalse();
    }

    @Test
    void aPlantedImportOfTheOtherDirectionOfTheTranslationIsFound() {
        String direction = "protocol.openaitoanthropic";

        assertThat(importsOnly(direction, ALLOWED.get(direction)).evaluate(TESTS).getFailureReport().getDetails())
                .isNotEmpty()
                .allSatisfy(violation -> assertThat(violation).contains("PlantedImport"));
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageSaysWhatItIsForAndIsNullMarked(String name) {
        assertThat(MAIN.getPackage("ailb." + name).isAnnotatedWith(NullMarked.class))
                .as("package-info of ailb.%s", name)
                .isTrue();
    }

    @Test
    void amazonIsKnownInThreePackagesOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("ailb.aws", "ailb.lambda", "ailb.runtime")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("software.amazon..", "com.amazonaws..", "org.crac..")
                .check(MAIN);
    }

    /** No other package knows the runtime: a script starts it, and a deployment may leave it out. */
    @Test
    void theRuntimeKnowsTheHandlersInterfaceAndNoOtherPackage() {
        classes()
                .that()
                .resideInAPackage("ailb.runtime..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "ailb.runtime..",
                        "java..",
                        "com.amazonaws.services.lambda.runtime..",
                        "org.crac..",
                        "org.jspecify..")
                .check(MAIN);
        noClasses()
                .that()
                .resideOutsideOfPackage("ailb.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ailb.runtime..")
                .check(MAIN);
    }

    @Test
    void purePackagesKnowNothingButTheLanguage() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE.stream().map(name -> "ailb." + name).toArray(String[]::new))
                .should()
                .dependOnClassesThat(not(resideInAnyPackage(
                        "ailb..",
                        "java.lang..",
                        "java.util",
                        "java.util.function",
                        "java.util.stream",
                        "java.util.random",
                        "java.time..",
                        "java.net", // for URI alone: the next rule
                        "java.util.concurrent..", // for the store in memory: the next but one
                        "org.jspecify..")))
                .orShould()
                .dependOnClassesThat(resideInAPackage("java.net").and(not(type(URI.class))))
                .check(MAIN);
    }

    @Test
    void amongThePurePackagesOnlyTheStoreInMemoryKnowsOfThreads() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE.stream().map(name -> "ailb." + name).toArray(String[]::new))
                .and(not(type(InMemoryStateStore.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent..")
                .check(MAIN);
    }

    @Test
    void timeRandomnessAndTheEnvironmentComeInAsArguments() {
        noClasses()
                .that()
                .resideOutsideOfPackages("ailb.aws", "ailb.http", "ailb.lambda", "ailb.runtime")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(LocalDate.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", Duration.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.security.SecureRandom")
                .check(MAIN);
    }

    /** {@code isReady()} asks; what acts is named by a verb. */
    @Test
    void whatIsNamedLikeAQuestionAnswersOne() {
        noMethods().that().haveNameMatching("(is|has)[A-Z].*").should().haveRawReturnType(void.class).check(MAIN);
    }

    @Test
    void nothingIsThrownTogetherUnderANameThatSaysNothing() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .check(MAIN);
    }

    @Test
    void theSimulatedProvidersKeepTheirLimitsByRulesOfTheirOwn() {
        noClasses()
                .that()
                .haveSimpleNameStartingWith("Simulated")
                .or()
                .resideInAPackage("ailb.sim")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ailb.admission")
                .check(TESTS);
    }
}
