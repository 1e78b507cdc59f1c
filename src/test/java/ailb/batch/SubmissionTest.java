package ailb.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.Submission.Accepted;
import ailb.batch.Submission.Refused;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmissionTest {

    private static final String BODY = "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    @Test
    void aLineIsStoredWithoutWhatIsNotNeeded() {
        assertThat(accepted("""
                {"custom_id": "r-1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "chat", \
                "messages": [{"role": "user", "content": "Hi"}]}}
                """)).isEqualTo("""
                {"custom_id":"r-1","url":"/v1/chat/completions","body":{"model": "chat", \
                "messages": [{"role": "user", "content": "Hi"}]}}
                """);
    }

    @Test
    void theLastLineNeedsNoLineFeed() {
        assertThat(accepted(line("a") + "\n" + line("b"))).isEqualTo(stored("a") + stored("b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\n\n", "\n \t \n", "  \n\r\n  "})
    void linesMayEndAndBeApartInManyWays(String between) {
        assertThat(accepted(line("a") + between + line("b") + between)).isEqualTo(stored("a") + stored("b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%s,%s]", " \n [ %s \n,\r\n %s ] \n", "\ufeff[%s,%s]"})
    void anArrayIsTakenAsWell(String array) {
        assertThat(accepted(array.formatted(line("a"), line("b")))).isEqualTo(stored("a") + stored("b"));
    }

    @Test
    void anElementOverManyLinesBecomesOne() {
        assertThat(accepted("""
                [
                  {
                    "custom_id": "a", "method": "POST", "url": "/v1/chat/completions",
                    "body": {
                      "model": "chat",
                      "messages": [{"role": "user", "content": "A \\"brace\\" }] and a \\\\"}]
                    }
                  }
                ]
                """.replace("\n", "\r\n"))).isEqualTo("""
                {"custom_id":"a","url":"/v1/chat/completions","body":{        "model": "chat",        "messages": \
                [{"role": "user", "content": "A \\"brace\\" }] and a \\\\"}]      }}
                """);
    }

    @Test
    void aByteOrderMarkIsPassedOver() {
        assertThat(accepted("\ufeff" + line("a"))).isEqualTo(stored("a"));
    }

    @Test
    void theBodysBytesSurvive() {
        String body = "{\"zeta\":123456789012345678901234567890.10e+05,\"model\":\"chat\",\"alpha\":\"\\u00e9\\/é😀\","
                + "\"seed\":9007199254740993,\"messages\":[{\"role\":\"user\",\"content\":\"\\ud83d\\ude00\u2028\"}]}";

        assertThat(accepted(line("\"\\u0061\"", body)))
                .isEqualTo("{\"custom_id\":\"\\u0061\",\"url\":\"/v1/chat/completions\",\"body\":" + body + "}\n");
    }

    @Test
    void whatAQueueRefusesIsEscaped() {
        String body =
                "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"\ufffd\ufffe\uffff\u0800\"}]}";

        assertThat(accepted(line("\"\uffff\"", body))).isEqualTo("{\"custom_id\":\"\\uffff\",\"url\":"
                + "\"/v1/chat/completions\",\"body\":{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":"
                + "\"\ufffd\\ufffe\\uffff\u0800\"}]}}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{                                      | invalid_json_line          |              | it is not valid JSON at column 2",
                "x                                      | invalid_json_line          |              | it is not valid JSON at column 1",
                "12                                     | invalid_json_line          |              | it is not a JSON object",
                "[]                                     | invalid_json_line          |              | it is not a JSON object",
                "null                                   | invalid_json_line          |              | it is not a JSON object",
                "{} {}                                  | invalid_json_line          |              | there is more after its end",
                "{'url':1,'url':2}                      | invalid_json_line          |              | 'url' is given more than once",
                "{}                                     | missing_required_parameter | custom_id    | custom_id must be given, as a string of 1 to 256 characters",
                "{'custom_id':null}                     | missing_required_parameter | custom_id    | custom_id must be given, as a string of 1 to 256 characters",
                "{'custom_id':7}                        | invalid_custom_id          | custom_id    | custom_id must be given, as a string of 1 to 256 characters",
                "{'custom_id':''}                       | invalid_custom_id          | custom_id    | custom_id must be given, as a string of 1 to 256 characters",
                "{'custom_id':'x'}                      | missing_required_parameter | method       | method must be given, as \"POST\"",
                "{'custom_id':'x','method':'GET'}       | invalid_method             | method       | method must be given, as \"POST\"",
                "{'custom_id':'x','method':'POST'}      | missing_required_parameter | url          | url must be given, as /v1/chat/completions",
                "{'custom_id':'x','method':'POST','url':'/v1/embeddings'} | invalid_url | url       | url must be given, as /v1/chat/completions",
                "{'custom_id':'x','method':'POST','url':'/v1/chat/completions'} | missing_required_parameter | body | body must be given, as an object",
                "@1                                     | invalid_request            | body         | The request body must be a JSON object",
                "@{'model':'chat'}                      | invalid_request            | body.messages | 'messages' must be given, as an array with at least one message",
                "@{'model':'chat','stream':true,'messages':[{'role':'user','content':'Hi'}]} | unsupported_parameter | body.stream | Batches cannot stream: leave out 'stream'",
                "@{'model':'chat','messages':[{'role':'user','content':'Hi','role':'tool'}]} | invalid_request | body.messages[0].role | 'messages[0].role' is given more than once",
                "@{'model':'gpt-9','messages':[{'role':'user','content':'Hi'}]} | model_not_found | body.model | no endpoint of the pool serves the model 'gpt-9'",
            })
    void aLineThatIsWrongIsNamed(String wrong, String code, String param, String message) {
        String second = wrong.startsWith("@")
                ? "{'custom_id':'x','method':'POST','url':'/v1/chat/completions','body':" + wrong.substring(1) + "}"
                : wrong;

        Refused refused = refused(line("a") + "\n\n" + second.replace('\'', '"'));

        assertThat(refused.problems()).containsExactly(new Problem(3, code, param, message));
        assertThat(refused.message())
                .isEqualTo("1 of the 2 lines is wrong; line 3: " + message + "; nothing was queued.");
        assertThat(refused.param()).contains("line 3");
    }

    @Test
    void anIdMayHave256Characters() {
        assertThat(read(line("i".repeat(256)))).isInstanceOf(Accepted.class);
        assertThat(refused(line("i".repeat(257))).problems()).singleElement().returns("custom_id", Problem::param);
    }

    @Test
    void anIdThatWasGivenBeforeIsToldWithItsFirstLine() {
        Refused refused = refused(line("a") + "\n" + line("b") + "\n" + line("\"\\u0061\"", BODY));

        assertThat(refused.problems()).containsExactly(
                new Problem(3, "duplicate_custom_id", "custom_id", "custom_id is the same as in line 1"));
    }

    @Test
    void elementsAreCalledSo() {
        Refused refused = refused("[" + line("a") + "," + line("a") + ",]");

        assertThat(refused.message()).isEqualTo("2 of the 3 elements are wrong; element 2: custom_id is the same as in "
                + "element 1; element 3: it is not a JSON object; nothing was queued.");
        assertThat(refused.param()).contains("element 2");
    }

    @Test
    void theFirstTwentyProblemsAreTold() {
        Refused refused = refused(IntStream.rangeClosed(1, 1000)
                .mapToObj(i -> i < 972 ? line("r" + i) : "{}")
                .collect(Collectors.joining("\n")));

        assertThat(refused.problems())
                .extracting(Problem::line)
                .containsExactlyElementsOf(IntStream.rangeClosed(972, 991).boxed().toList());
        assertThat(refused.message())
                .startsWith("29 of the 1000 lines are wrong; line 972: custom_id must")
                .endsWith("; and 25 more; nothing was queued.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''     | There are no lines: send one JSON object a line, {\"custom_id\",\"method\",\"url\",\"body\"}",
                "'\n\n' | There are no lines: send one JSON object a line, {\"custom_id\",\"method\",\"url\",\"body\"}",
                "[ ]    | There are no lines: send one JSON object a line, {\"custom_id\",\"method\",\"url\",\"body\"}",
                "[      | The JSON array has no end: look at element 1, the last one begun",
                "[1,{}  | The JSON array has no end: look at element 2, the last one begun",
                "[1,\"] | The JSON array has no end: look at element 2, the last one begun",
                "[1] 2  | There is more after the end of the JSON array",
            })
    void whatIsWrongAsAWholeIsSaid(String body, String message) {
        assertThat(refused(body).message()).isEqualTo(message + "; nothing was queued.");
        assertThat(refused(body).problems()).isEmpty();
    }

    @Test
    void aFilesIdIsAnsweredWithWhatToSendInstead() {
        Refused refused = refused("""
                {"input_file_id": "file-abc123",
                 "endpoint": "/v1/chat/completions", "completion_window": "24h"}""");

        assertThat(refused.message()).startsWith("This endpoint takes the lines of a batch themselves in its body");
        assertThat(refused.param()).contains("input_file_id");
    }

    @Test
    void fiftyThousandLinesAreTakenAndOneMoreIsNot() {
        String most = IntStream.range(0, 50_000).mapToObj(i -> line("r" + i)).collect(Collectors.joining("\n"));

        assertThat(read(most)).isInstanceOfSatisfying(Accepted.class, accepted -> {
            assertThat(accepted.lines()).isEqualTo(50_000);
            assertThat(accepted.input()).hasSize(IntStream.range(0, 50_000).map(i -> stored("r" + i).length()).sum());
        });
        assertThat(refused(most + "\n" + line("one-more")).message())
                .isEqualTo("There are more than 50000 lines: split the batch; nothing was queued.");
        assertThat(refused("[" + ",".repeat(3_000_000)).message())
                .isEqualTo("There are more than 50000 elements: split the batch; nothing was queued.");
    }

    @Test
    void aLineMayHaveAMillionBytesAsItIsStored() {
        int around = stored("a").length() - 1 - "Hi".length();
        String most = BODY.replace("Hi", "x".repeat(1_000_000 - around));
        String more = BODY.replace("Hi", "x".repeat(1_000_001 - around));

        assertThat(accepted(line("\"a\"", most))).hasSize(1_000_001);
        assertThat(refused(line("\"a\"", more)).problems())
                .containsExactly(new Problem(1, "line_too_long", null, "it is longer than 1000000 bytes"));
    }

    @Test
    void bytesThatAreNotUtf8AreWrongOnTheirLineOnly() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes((line("a") + "\n").getBytes(UTF_8));
        body.writeBytes(new byte[]{'{', (byte) 0xff, '}'});

        assertThat(refused(body.toByteArray()).problems())
                .containsExactly(new Problem(2, "invalid_json_line", null, "it is not UTF-8"));
    }

    @Test
    void whatIsToldOfTheCallersOwnWordsCanBeShown() {
        String body = BODY.replace("\"chat\"", "\"\\ud800\\u0000" + "m".repeat(500) + "\"");

        assertThat(refused(line("\"a\"", body)).problems().getFirst().message())
                .isEqualTo("no endpoint of the pool serves the model '??" + "m".repeat(98) + "...'");
    }

    private static Submission read(String body) {
        return Submission.read(body.getBytes(UTF_8), List.of("chat")::contains);
    }

    private static String accepted(String body) {
        assertThat(read(body)).isInstanceOf(Accepted.class);
        return new String(((Accepted) read(body)).input(), UTF_8);
    }

    /** Each is told by itself; together they quote no more than one error may. */
    @Test
    void theMessageQuotesLittleOfWhatWasSent() {
        String model = "\u00e9".repeat(1000);
        Refused refused = refused(IntStream.range(0, 50)
                .mapToObj(each -> line("\"" + each + "\"", BODY.replace("chat", model)))
                .collect(Collectors.joining("\n")));

        assertThat(refused.problems()).hasSize(20)
                .allMatch(problem -> problem.message().chars().filter(each -> each == '\u00e9').count() <= 200);
        assertThat(refused.message().chars().filter(each -> each == '\u00e9').count()).isBetween(1L, 200L);
        assertThat(refused.message()).startsWith("50 of the 50 lines are wrong; line 1: ")
                .endsWith("; and 49 more; nothing was queued.");
    }

    private static Refused refused(String body) {
        return refused(body.getBytes(UTF_8));
    }

    private static Refused refused(byte[] body) {
        Submission submission = Submission.read(body, List.of("chat")::contains);
        assertThat(submission).isInstanceOf(Refused.class);
        return (Refused) submission;
    }

    private static String line(String id) {
        return line("\"" + id + "\"", BODY);
    }

    private static String line(String id, String body) {
        return "{\"custom_id\":" + id + ",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":" + body + "}";
    }

    private static String stored(String id) {
        return "{\"custom_id\":\"" + id + "\",\"url\":\"/v1/chat/completions\",\"body\":" + BODY + "}\n";
    }
}
