package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Commands of README and docs/deploy.md can be pasted, and what they say of the stack is what template.yaml has. */
class ReadmeTest {

    private static final Pattern COMMENT = Pattern.compile("(^|\\s)#(\\s|$)");
    private static final Pattern OUTPUT = Pattern.compile("\\$\\(output (\\w+)\\)");
    private static final Pattern PARAMETER = Pattern.compile("\\| `(\\w+)` \\| [^|]* \\| (\\d+) \\| ([^|]*) \\|");

    private static final Pattern LINK = Pattern.compile("]\\(([\\w./-]*)(?:#([\\w-]+))?\\)");
    private static final Path README = Path.of("README.md");
    private static final Path DEPLOY = Path.of("docs", "deploy.md");
    private static final Path CHANGELOG = Path.of("docs", "changelog.md");

    private final Template template;
    private final List<String> lines;

    ReadmeTest() throws IOException {
        template = new Template();
        lines = Stream.of(README, DEPLOY).flatMap(ReadmeTest::lines).toList();
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
        Map<String, MatchResult> told = lines.stream()
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
        String text = String.join(" ", lines);

        assertThat(text).contains(alarms);
        assertThat(text)
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
        assertThat(List.of(README, DEPLOY, CHANGELOG)).allSatisfy(
                page -> assertThat(lines(page).flatMap(line -> LINK.matcher(line).results()).toList())
                        .allSatisfy(link -> {
                            Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                            assertThat(target).exists();
                            assertThat(link.group(2)).satisfiesAnyOf(
                                    anchor -> assertThat(anchor).isNull(),
                                    anchor -> assertThat(headings(target)).contains(anchor));
                        }));
    }

    /** As GitHub makes anchors of headings. */
    private static List<String> headings(Path page) {
        return lines(page).filter(line -> line.startsWith("#"))
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
        List<String> commands = new ArrayList<>();
        boolean within = false;
        for (String line : lines) {
            if (line.strip().startsWith("```")) {
                within = line.strip().equals("```sh");
            } else if (within) {
                commands.add(line);
            }
        }
        return commands;
    }
}
