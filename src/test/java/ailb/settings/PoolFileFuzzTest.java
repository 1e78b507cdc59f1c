package ailb.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PoolFileFuzzTest {

    private static final long SEED = 20261122;
    private static final int RUNS = 10_000;

    private static final String[] SNIPPETS = {
        "null", "true", "-1", "0", "1e400", "1e-999999999", "0.5", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}",
        "[[[",
        "{\"a\":", ",", ":", "}", "]", "\"", "\u00e9", "\"name\": \"x\",", "\"sk-x\"", "//", "NaN",
        "99999999999999999999"
    };

    @Test
    void aMutatedFileGivesAPoolOrAPoolFileException() throws IOException {
        byte[] sample = PoolFileTest.packaged();
        SplittableRandom random = new SplittableRandom(SEED);
        int pools = 0;
        int refused = 0;
        for (int run = 0; run < RUNS; run++) {
            byte[] file = sample;
            for (int mutations = 1 + random.nextInt(3); mutations > 0; mutations--) {
                file = mutated(file, random);
            }
            try {
                assertThat(PoolFile.parse(file).endpoints()).isNotEmpty();
                pools++;
            } catch (PoolFileException e) {
                assertThat(e.problems()).isNotEmpty()
                        .allMatch(line -> line.contains(": ") && line.lines().count() == 1);
                refused++;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(
                        "seed " + SEED + ", run " + run + ": " + new String(file, StandardCharsets.UTF_8), e);
            }
        }
        assertThat(pools).as("mutants that are pools").isGreaterThan(100);
        assertThat(refused).as("mutants that are refused").isGreaterThan(1000);
    }

    private static byte[] mutated(byte[] file, SplittableRandom random) {
        int at = random.nextInt(file.length);
        int end = Math.min(file.length, at + 1 + random.nextInt(12));
        return switch (random.nextInt(6)) {
            case 0 -> spliced(file, at, at + 1, new byte[]{(byte) random.nextInt(256)});
            case 1 -> spliced(file, at, end, new byte[0]);
            case 2 -> spliced(file, at, at, Arrays.copyOfRange(file, at, end));
            case 3 -> spliced(file, at, at, snippet(random));
            case 4 -> valueReplaced(file, at, snippet(random));
            default -> spliced(file, at, at + 1, new byte[]{(byte) ('0' + random.nextInt(10))});
        };
    }

    /** Puts a snippet in place of what stands between the next colon and the end of its line: mostly well-formed. */
    private static byte[] valueReplaced(byte[] file, int from, byte[] snippet) {
        int colon = indexOf(file, ':', from);
        int comma = indexOf(file, ',', colon);
        return spliced(file, Math.min(colon + 1, file.length), comma, snippet);
    }

    private static int indexOf(byte[] file, char wanted, int from) {
        int at = from;
        while (at < file.length && file[at] != wanted) {
            at++;
        }
        return at;
    }

    private static byte[] snippet(SplittableRandom random) {
        return SNIPPETS[random.nextInt(SNIPPETS.length)].getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] spliced(byte[] file, int from, int to, byte[] with) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, from);
        out.writeBytes(with);
        out.write(file, to, file.length - to);
        return out.toByteArray();
    }
}
