package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.junit.jupiter.api.Test;

/** What is inside the zip that is deployed. */
class ArtifactIT {

    private static final long MEGABYTE = 1024 * 1024;
    private static final String OWN_JAR = "ai-load-balancer-1.0.0-SNAPSHOT.jar";

    /** {@code project.build.outputTimestamp}, as zips have it: without a zone. */
    private static final String BUILT = "2026-01-01T00:00";

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

        assertThat(names(artifact.entriesOf("lib/" + OWN_JAR))).contains("pool.json", "META-INF/LICENSE")
                .containsAll(classes);
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

    /** Lambda executes it by its name, and a shell takes a carriage return for a part of the command. */
    @Test
    void holdsTheScriptThatStartsTheRuntimeAsAnExecutableWithUnixLineEnds() throws IOException {
        assertThat(artifact.entries()).filteredOn(entry -> entry.getName().equals("run"))
                .singleElement()
                .satisfies(entry -> assertThat(Integer.toOctalString(entry.getUnixMode())).isEqualTo("100755"));
        assertThat(artifact.text("run")).startsWith("#!/bin/sh\n").doesNotContain("\r");
    }

    /** A list of what may be in it, as a list of what may not would always lack the next test library. */
    @Test
    void holdsTheScriptThisProjectsJarAndTheLibrariesItShips() throws IOException {
        List<String> versioned = Stream.of(
                "annotations", "auth", "aws-core", "aws-json-protocol", "checksums", "checksums-spi", "dynamodb",
                "endpoints-spi", "http-auth", "http-auth-aws", "http-auth-aws-eventstream", "http-auth-spi",
                "http-client-spi", "identity-spi", "json-utils", "metrics-spi", "profiles", "protocol-core", "regions",
                "retries", "retries-spi", "sdk-core", "secretsmanager", "sqs", "third-party-jackson-core",
                "url-connection-client", "utils", "utils-lite",
                // Not of AWS's SDK:
                "aws-lambda-java-core", "aws-lambda-java-events", "crac", "eventstream", "jackson-annotations",
                "jackson-core", "jackson-databind", "joda-time", "jspecify", "reactive-streams", "slf4j-api",
                "slf4j-simple").map(name -> "lib/" + name).toList();
        List<String> expected = new ArrayList<>(versioned);
        expected.addAll(List.of("run", "lib/", "lib/ai-load-balancer"));

        assertThat(artifact.entries()).extracting(entry -> entry.getName().replaceFirst("-\\d[^/]*\\.jar$", ""))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void holdsOfThisProjectNoTestClassAndNothingOfTheLaptop() throws IOException {
        assertThat(names(artifact.entriesOf("lib/" + OWN_JAR)))
                .allMatch(name -> name.startsWith("ailb/") || name.startsWith("META-INF/") || name.equals("pool.json"))
                .noneMatch(name -> name.startsWith("ailb/local/"))
                .doesNotContainAnyElementsOf(testClasses());
    }

    /** What would differ from build to build: times, and a manifest that names the JDK which Maven ran on. */
    @Test
    void saysNothingOfWhenAndWhereItWasBuilt() throws IOException {
        List<ZipArchiveEntry> own = artifact.entriesOf("lib/" + OWN_JAR);
        List<ZipArchiveEntry> all = new ArrayList<>(artifact.entries());
        all.addAll(own);

        assertThat(all).allSatisfy(entry -> assertThat(entry.getTimeLocal().toString()).isEqualTo(BUILT));
        assertThat(own).filteredOn(entry -> entry.getName().equals("META-INF/MANIFEST.MF"))
                .singleElement()
                .satisfies(
                        manifest -> assertThat(manifest.getSize()).isEqualTo("Manifest-Version: 1.0\r\n\r\n".length()));
    }

    private static List<String> names(List<ZipArchiveEntry> entries) {
        return entries.stream().filter(entry -> !entry.isDirectory()).map(ZipArchiveEntry::getName).toList();
    }

    private static List<String> testClasses() throws IOException {
        Path root = Path.of("target", "test-classes");
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .map(file -> root.relativize(file).toString())
                    // The tests' packages are described in main code.
                    .filter(name -> !name.endsWith("package-info.class"))
                    .toList();
        }
    }
}
