package ailb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreludeReaderTest {

    private static final String NULS = "\0".repeat(8);

    @Test
    void statusHeadersAndCookiesAreRead() throws MalformedAnswerException {
        String prelude = """
                {"statusCode":201,"headers":{"a":"1","B":"2"},
                "multiValueHeaders":{"b":["3","4"]},"cookies":["x=1; Path=/","y=2"]}""";

        assertThat(Prelude.parse(prelude)).isEqualTo(
                new Prelude(
                        201,
                        List.of(
                                new Header("b", "3"),
                                new Header("b", "4"),
                                new Header("a", "1"),
                                new Header("Set-Cookie", "x=1; Path=/"),
                                new Header("Set-Cookie", "y=2"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "",
        "200",
        "[]",
        "{\"statusCode\":200",
        "{\"statusCode\":200} {}",
        "{}",
        "{\"statusCode\":\"200\"}",
        "{\"statusCode\":100}",
        "{\"statusCode\":600}",
        "{\"statusCode\":200,\"body\":\"x\"}",
        "{\"statusCode\":200,\"isBase64Encoded\":false}",
        "{\"statusCode\":200,\"headers\":[]}",
        "{\"statusCode\":200,\"headers\":null}",
        "{\"statusCode\":200,\"headers\":{\"a\":1}}",
        "{\"statusCode\":200,\"headers\":{\"a\":true}}",
        "{\"statusCode\":200,\"headers\":{\"a\":null}}",
        "{\"statusCode\":200,\"headers\":{\"a\":[\"1\"]}}",
        "{\"statusCode\":200,\"headers\":{\"a\":\"1\\r\\nb: 2\"}}",
        "{\"statusCode\":200,\"headers\":{\"\":\"1\"}}",
        "{\"statusCode\":200,\"multiValueHeaders\":{\"a\":\"1\"}}",
        "{\"statusCode\":200,\"multiValueHeaders\":{\"a\":[1]}}",
        "{\"statusCode\":200,\"cookies\":\"x=1\"}",
        "{\"statusCode\":200,\"cookies\":[1]}",
    })
    void whatIsNoPreludeIsRefused(String text) {
        MalformedAnswerException refusal =
                catchThrowableOfType(MalformedAnswerException.class, () -> Prelude.parse(text));

        assertThat(refusal.error()).isEqualTo(GatewayError.BAD_ANSWER);
    }

    @Test
    void thePreludeIsFoundHoweverTheAnswerIsCut() throws MalformedAnswerException {
        String answer = "{\"statusCode\":200}" + NULS + "body";
        for (int cut = 1; cut < answer.length() - 4; cut++) {
            PreludeReader reader = new PreludeReader();

            assertThat(reader.add(answer.substring(0, cut).getBytes(UTF_8))).as("first %d", cut).isEmpty();
            PreludeReader.Beginning beginning =
                    reader.add(answer.substring(cut).getBytes(UTF_8)).orElseThrow();
            assertThat(beginning.prelude().status()).isEqualTo(200);
            assertThat(beginning.body()).asString(UTF_8).isEqualTo("body");
        }
    }

    @Test
    void nulsAfterTheSeparatorAreBody() throws MalformedAnswerException {
        byte[] answer = ("{\"statusCode\":200}" + NULS + "\0\0").getBytes(UTF_8);

        assertThat(new PreludeReader().add(answer).orElseThrow().body()).containsExactly(0, 0);
    }

    @Test
    void theSeparatorMayEndWithTheSixteenthKilobyteAndNoLater() throws MalformedAnswerException {
        assertThat(read(16 * 1024)).isPresent();
        assertThatThrownBy(() -> read(16 * 1024 + 1))
                .isInstanceOfSatisfying(
                        MalformedAnswerException.class,
                        refusal -> assertThat(refusal.error()).isEqualTo(GatewayError.NO_PRELUDE));
    }

    /** A prelude that is so long with its separator. */
    private static Optional<PreludeReader.Beginning> read(int length) throws MalformedAnswerException {
        String json = "{\"statusCode\":200}";
        String padded = json + " ".repeat(length - json.length() - NULS.length());
        return new PreludeReader().add((padded + NULS).getBytes(UTF_8));
    }
}
