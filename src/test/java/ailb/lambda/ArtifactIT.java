package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is inside the jar that is deployed. */
class ArtifactIT {

    private static final long MEGABYTE = 1024 * 1024;

    private final Artifact artifact = new Artifact();

    @Test
    void isWhatTheTemplateDeploys() throws IOException {
        assertThat(ofFunctions("CodeUri")).allSatisfy(
                codeUri -> assertThat(artifact.file()).isEqualTo(Path.of(codeUri).toAbsolutePath()));
    }

    @Test
    void holdsTheHandlersThatTheTemplateNamesAndThePool() throws IOException {
        List<String> classes = ofFunctions("Handler").stream()
                .map(handler -> handler.substring(0, handler.indexOf("::")).replace('.', '/') + ".class")
                .toList();

        assertThat(artifact.entries()).contains("pool.json").containsAll(classes);
    }

    private static List<String> ofFunctions(String property) throws IOException {
        Template template = new Template();
        return template.resources("AWS::Serverless::Function")
                .stream()
                .map(id -> template.text("Resources." + id + ".Properties." + property))
                .toList();
    }

    @Test
    void isAtMost15Megabytes() throws IOException {
        System.out.printf("deployable artifact: %.1f MB%n", (double) Files.size(artifact.file()) / MEGABYTE);

        assertThat(Files.size(artifact.file())).isLessThanOrEqualTo(15 * MEGABYTE);
    }

    /** A list of what may be in it, as a list of what may not would always lack the next test library. */
    @Test
    void holdsNothingButThisProjectAndTheLibrariesItShips() throws IOException {
        List<String> shipped = List.of(
                "ailb/",
                "com/amazonaws/services/lambda/runtime/",
                "com/fasterxml/jackson/",
                "org/crac/",
                "org/joda/time/",
                "org/jspecify/",
                "org/reactivestreams/",
                "org/slf4j/",
                "software/amazon/awssdk/",
                "software/amazon/eventstream/",
                "META-INF/",
                "VersionInfo.java",
                "mime.types",
                "pool.json");

        assertThat(artifact.entries()).allSatisfy(entry -> assertThat(entry)
                .matches(path -> shipped.stream().anyMatch(path::startsWith), "begins with one of " + shipped));
    }

    @Test
    void holdsNoTestClassAndNothingOfTheLaptop() throws IOException {
        assertThat(artifact.entries())
                .noneMatch(entry -> entry.startsWith("ailb/local/"))
                .noneMatch(entry -> entry.startsWith("com/amazonaws/services/lambda/runtime/api/client/"))
                .doesNotContainAnyElementsOf(testClasses());
    }

    @Test
    void holdsNoSignatureAndNoModuleDescriptor() throws IOException {
        assertThat(artifact.entries())
                .noneMatch(entry -> entry.matches("META-INF/[^/]*\\.(SF|DSA|RSA|EC)"))
                .noneMatch(entry -> entry.endsWith("module-info.class"));
    }

    private static List<String> testClasses() throws IOException {
        Path root = Path.of("target", "test-classes");
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .map(file -> root.relativize(file).toString())
                    // The tests' packages are described in main code.
                    .filter(name -> !name.endsWith("package-info.class"))
                    .collect(Collectors.toList());
        }
    }
}
