package ailb.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.Submission.Accepted;
import ailb.batch.Submission.Refused;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever the bytes, a submission is read or refused. A failure names the seed that brings it back. */
class SubmissionFuzzTest {

    private static final int ROUNDS = 10_000;
    private static final JsonMapper MAPPER = new JsonMapper();

    private static final String LINE = """
            {"custom_id":"é-%d","method":"POST","url":"/v1/chat/completions","body":{"model":"chat","n":1,\
            "messages":[{"role":"user","content":"\\ud83d\\ude00 [,] {\\"} 日本 \uffff"}]}}""";
    private static final String LINES = LINE.formatted(1) + "\n" + LINE.formatted(2) + "\r\n\n" + LINE.formatted(3);
    private static final String ARRAY =
            "\ufeff [" + LINE.formatted(1) + ",\n" + LINE.formatted(2) + " , " + LINE.formatted(3) + "]\n";

    private static final List<String> SCRAPS = List.of(
            "\n", "\r", "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u", "null", "1e999", " ", "\u0000", "\ufeff",
            "\ufffe", "\"body\":{}", "\"input_file_id\":1,", "stream\":true,\"", "[[[[", "]]]]");

    @Test
    void aSubmissionIsReadOrRefused() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            byte[] body = mutated(new SplittableRandom(seed));
            try {
                check(Submission.read(body, "chat"::equals));
            } catch (RuntimeException | IOException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void check(Submission submission) throws IOException {
        switch (submission) {
            case Refused(String message, var _, List<Problem> problems) -> {
                assertThat(message).endsWith("nothing was queued.").hasSizeLessThan(10_000);
                assertThat(problems).hasSizeLessThanOrEqualTo(20);
            }
            case Accepted(int lines, byte[] input) -> {
                String text = new String(input, UTF_8);
                assertThat(text).endsWith("\n").doesNotContain("\r", "\ufffe", "\uffff");
                List<String> stored = text.lines().toList();
                assertThat(stored).hasSize(lines).isNotEmpty();
                for (String line : stored) {
                    JsonNode json = MAPPER.readTree(line);
                    assertThat(json.path("custom_id").textValue()).isNotEmpty();
                    assertThat(json.at("/body/model").textValue()).isEqualTo("chat");
                }
            }
        }
    }

    private static byte[] mutated(SplittableRandom random) {
        byte[] body = (random.nextBoolean() ? LINES : ARRAY).getBytes(UTF_8);
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            body = mutated(body, random);
        }
        return body;
    }

    private static byte[] mutated(byte[] body, SplittableRandom random) {
        int from = random.nextInt(body.length + 1);
        int to = random.nextInt(3) > 0 ? from : Math.min(body.length, from + random.nextInt(40));
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        changed.write(body, 0, from);
        if (random.nextInt(3) == 0) {
            changed.write(random.nextInt(256));
        } else {
            changed.writeBytes(SCRAPS.get(random.nextInt(SCRAPS.size())).getBytes(UTF_8));
        }
        changed.write(body, to, body.length - to);
        return changed.toByteArray();
    }
}
