package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** README and docs/: their commands can be pasted, their links lead somewhere, and they tell of the stack what is so. */
class ReadmeTest {

    private static final Pattern COMMENT = Pattern.compile("(^|\\s)#(\\s|$)");
    private static final Pattern OUTPUT = Pattern.compile("\\$\\(output (\\w+)\\)");
    private static final Pattern PARAMETER = Pattern.compile("\\| `(\\w+)` \\| [^|]* \\| (\\d+) \\| ([^|]*) \\|");

    /** A relative one: a file, a heading in it, or both. */
    private static final Pattern LINK = Pattern.compile("]\\((?!\\w+:)([^)#]*)(?:#([^)]*))?\\)");

    private static final String COMMANDS = "```sh";
    private static final String PROSE = "";

    private static final int LONGEST_README = 200;

    private static final Path README = Path.of("README.md");
    private static final Path CONTRIBUTING = Path.of("CONTRIBUTING.md");
    private static final Path DOCS = Path.of("docs");
    private static final Path DEPLOY = DOCS.resolve("deploy.md");
    private static final Path OPERATIONS = DOCS.resolve("operations.md");

    /**
     * A link within the repository.
     *
     * @param target file or folder
     * @param heading as its anchor, or null
     */
    private record Link(Path target, @Nullable String heading) {}

    private final Template template;
    private final List<Path> pages;

    ReadmeTest() throws IOException {
        template = new Template();
        pages = Stream.concat(Stream.of(README, CONTRIBUTING), pagesIn(DOCS)).toList();
    }

    @Test
    void readmeIsShort() {
        assertThat(lines(README)).hasSizeLessThanOrEqualTo(LONGEST_README);
    }

    /** An interactive zsh takes a comment for arguments. */
    @Test
    void commandsHaveNoComments() {
        assertThat(commands()).isNotEmpty().noneMatch(line -> COMMENT.matcher(line).find());
    }

    @Test
    void outputsThatCommandsReadAreThoseOfTheStack() {
        List<String> read = commands().stream()
                .flatMap(line -> OUTPUT.matcher(line).results())
                .map(found -> found.group(1))
                .toList();

        assertThat(template.map("Outputs").keySet()).containsAll(read);
        assertThat(read).contains("Step1PutProviderKeys", "Step2ReadClientKey", "Step3Call");
    }

    @Test
    void parametersHaveTheDefaultsAndTheRangesThatAreTold() {
        Map<String, MatchResult> told = pages.stream()
                .flatMap(ReadmeTest::lines)
                .flatMap(line -> PARAMETER.matcher(line).results())
                .filter(row -> template.map("Parameters").containsKey(row.group(1)))
                .collect(Collectors.toMap(row -> row.group(1), row -> row));

        assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(numbers());
        assertThat(told).allSatisfy((name, row) -> {
            Map<String, Object> parameter = template.map("Parameters." + name);
            assertThat(row.group(2)).isEqualTo(parameter.get("Default").toString());
            assertThat(row.group(3)).isEqualTo(range(parameter));
        });
    }

    @Test
    void everyParameterIsTold() {
        assertThat(template.map("Parameters").keySet())
                .allSatisfy(name -> assertThat(lines(DEPLOY)).anyMatch(line -> line.startsWith("| `" + name + "` | ")));
    }

    @Test
    void everyAlarmIsToldAndPaidFor() {
        List<String> alarms = template.resources("AWS::CloudWatch::Alarm");
        String rows = lines(OPERATIONS).filter(line -> line.startsWith("| `")).collect(Collectors.joining("\n"));

        assertThat(rows).contains(alarms);
        assertThat(String.join(" ", lines(DEPLOY).toList()))
                .contains(String.format(Locale.ROOT, "%d alarms x 0.10 = %.2f $", alarms.size(), 0.1 * alarms.size()));
    }

    @Test
    void everySecretIsPaidForAndTheIdleCostsAddUp() {
        int secrets = template.resources("AWS::SecretsManager::Secret").size();
        String idle = lines(DEPLOY).dropWhile(line -> !line.startsWith("**Idle, a month:**"))
                .takeWhile(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
        double sum = Pattern.compile("= (\\d\\.\\d\\d) \\$")
                .matcher(idle)
                .results()
                .mapToDouble(part -> Double.parseDouble(part.group(1)))
                .sum();

        assertThat(idle).contains(String.format(Locale.ROOT, "%d secrets x 0.40 = %.2f $", secrets, 0.4 * secrets))
                .contains(String.format(Locale.ROOT, "About **%.2f $**", Math.round(sum * 10) / 10.0));
        assertThat(lines(README)).anyMatch(line -> line.contains("about 2.40 $ a month when idle"));
    }

    @Test
    void theCostsOfAMillionRequestsAddUp() {
        List<String> rows =
                lines(DEPLOY).filter(line -> line.matches("\\|.*\\| (\\*\\*)?\\d+\\.\\d\\d(\\*\\*)? \\|")).toList();
        List<BigDecimal> costs = rows.stream()
                .map(row -> new BigDecimal(row.replaceAll(".* \\| \\**([\\d.]+)\\** \\|", "$1")))
                .toList();

        assertThat(rows.getLast()).contains("together");
        assertThat(costs.subList(0, costs.size() - 1).stream().reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualTo(costs.getLast());
    }

    @Test
    void linksLeadToFilesAndHeadingsThatThereAre() {
        assertThat(pages).allSatisfy(page -> assertThat(links(page)).allSatisfy(link -> {
            assertThat(link.target()).exists();
            assertThat(link.heading()).satisfiesAnyOf(
                    heading -> assertThat(heading).isNull(),
                    heading -> assertThat(headings(link.target())).contains(heading));
        }));
    }

    @Test
    void everyPageIsReachedFromReadme() {
        Set<Path> reached = new HashSet<>();
        Deque<Path> next = new ArrayDeque<>(List.of(README));
        while (!next.isEmpty()) {
            Path page = next.remove();
            if (reached.add(page)) {
                links(page).stream().flatMap(link -> pagesIn(link.target())).forEach(next::add);
            }
        }

        assertThat(reached).containsAll(pages);
    }

    /** The page itself, or those that a folder shows whoever opens it. */
    private static Stream<Path> pagesIn(Path place) {
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(file -> file.toString().endsWith(".md")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Link> links(Path page) {
        return text(page, PROSE).stream()
                .flatMap(line -> LINK.matcher(line).results())
                .map(link -> new Link(
                        link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize(),
                        link.group(2)))
                .toList();
    }

    /** As GitHub makes anchors of headings. */
    private static List<String> headings(Path page) {
        return text(page, PROSE).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
                .map(line -> line.replaceAll("[^\\w -]", "").replace(' ', '-'))
                .toList();
    }

    private static Stream<String> lines(Path page) {
        try {
            return Files.readAllLines(page).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> numbers() {
        return template.map("Parameters")
                .keySet()
                .stream()
                .filter(name -> template.text("Parameters." + name + ".Type").equals("Number"))
                .toList();
    }

    private static String range(Map<String, Object> parameter) {
        return parameter.get("AllowedValues") instanceof List<?> values
                ? values.stream().map(Object::toString).collect(Collectors.joining(", "))
                : parameter.get("MinValue") + " to " + parameter.get("MaxValue");
    }

    /** The lines of all blocks of shell commands. */
    private List<String> commands() {
        return pages.stream().flatMap(page -> text(page, COMMANDS).stream()).toList();
    }

    /**
     * Some lines of a page.
     *
     * @param kind how the blocks begin that they stand in, {@link #PROSE} for those in no block
     */
    private static List<String> text(Path page, String kind) {
        List<String> text = new ArrayList<>();
        String block = PROSE;
        for (String line : lines(page).toList()) {
            if (line.strip().startsWith("```")) {
                block = block.equals(PROSE) ? line.strip() : PROSE;
            } else if (block.equals(kind)) {
                text.add(line);
            }
        }
        return text;
    }
}
