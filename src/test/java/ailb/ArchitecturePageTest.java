package ailb;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Pool;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/architecture.md says of classes, packages and decisions is so. */
class ArchitecturePageTest {

    private static final Path DECISIONS = Path.of("docs", "adr");

    /** A class's name, as code. */
    private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]\\w*)`");

    /** As sources name a decision, or two. */
    private static final Pattern NAMED = Pattern.compile("ADR (\\d+(?: and \\d+)?)");

    private final String page = read(Path.of("docs", "architecture.md"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A request that is answered whole",
                "A request that is answered by a stream",
                "A line of a batch",
                "A change of settings",
                "Tests to read first"
            })
    void journeysNameClassesThatThereAre(String heading) {
        List<String> named = CLASS.matcher(section(heading)).results().map(found -> found.group(1)).toList();

        assertThat(named).hasSizeGreaterThanOrEqualTo(5);
        assertThat(classes()).containsAll(named);
    }

    @Test
    void thePictureHasEveryPackage() {
        String picture = section("Packages");

        assertThat(ArchitectureTest.packages())
                .allSatisfy(room -> assertThat(picture).contains(room.replaceFirst("^(protocol|runtime)\\..*", "$1")));
    }

    @Test
    void theGlossaryHasTwentyWords() {
        assertThat(section("Glossary").lines().filter(line -> line.startsWith("| ")).count() - 1)
                .isGreaterThanOrEqualTo(20);
    }

    @Test
    void everyDecisionIsInTheIndex() throws IOException {
        String index = section("Decisions");

        try (Stream<Path> files = Files.list(DECISIONS)) {
            assertThat(files.map(file -> "](adr/" + file.getFileName() + ")"))
                    .isNotEmpty()
                    .allSatisfy(link -> assertThat(index).contains(link));
        }
    }

    /** Comments break lines where they like, so the text is read without their breaks and marks. */
    @Test
    void sourcesNameTheDecisionsThatLiveInThem() throws IOException {
        Set<String> named;
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            named = Stream.concat(files.filter(Files::isRegularFile), Stream.of("mvnw", "template.yaml").map(Path::of))
                    .map(ArchitecturePageTest::read)
                    .map(text -> text.replaceAll("\\s*\\n\\s*(\\*|#|//)?\\s*", " "))
                    .flatMap(text -> NAMED.matcher(text).results())
                    .flatMap(found -> Stream.of(found.group(1).split(" and ")))
                    .collect(Collectors.toSet());
        }
        try (Stream<Path> files = Files.list(DECISIONS)) {
            assertThat(
                    files.map(file -> String.valueOf(Integer.parseInt(file.getFileName().toString().substring(0, 4)))))
                    .containsExactlyInAnyOrderElementsOf(named);
        }
    }

    private static Set<String> classes() {
        return Stream.of(Pool.class, ArchitecturePageTest.class)
                .flatMap(known -> new ClassFileImporter()
                        .importUrl(known.getProtectionDomain().getCodeSource().getLocation())
                        .stream())
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toSet());
    }

    private String section(String heading) {
        String start = "\n## " + heading + "\n";
        assertThat(page).contains(start);
        String rest = page.substring(page.indexOf(start) + start.length());
        int end = rest.indexOf("\n## ");
        return end < 0 ? rest : rest.substring(0, end);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
