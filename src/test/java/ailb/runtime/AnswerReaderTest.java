package ailb.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers by the rules of RFC 9112, and such as break them. */
class AnswerReaderTest {

    private static Answer read(String answer) throws IOException {
        return new AnswerReader(new ByteArrayInputStream(answer.getBytes(StandardCharsets.ISO_8859_1))).read();
    }

    private static String body(String answer) throws IOException {
        return new String(read(answer).body(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void readsStatusHeadersAndABodyOfAKnownLength() throws IOException {
        Answer answer = read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-One:  a b \r\nx-one: c\r\n\r\nabcdef");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-one")).isEqualTo("a b");
        assertThat(new String(answer.body(), StandardCharsets.ISO_8859_1)).isEqualTo("abc");
    }

    @Test
    void readsAChunkedBodyWithExtensionsAndTrailers() throws IOException {
        assertThat(
                body(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                                + "3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n"))
                .isEqualTo("abc0123456789");
    }

    @Test
    void readsABodyUntilTheEndOfTheConnection() throws IOException {
        assertThat(body("HTTP/1.0 413\r\n\r\ntoo large")).isEqualTo("too large");
    }

    @Test
    void passesOverInterimAnswersAndKnowsOfAnswersWithoutABody() throws IOException {
        assertThat(body("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"))
                .isEqualTo("ok");
        assertThat(body("HTTP/1.1 204 No Content\r\n\r\n")).isEmpty();
    }

    @Test
    void readsAsManyChunksAsAnEventTakes() throws IOException {
        String chunks = "1\r\na\r\n".repeat(100_000);

        assertThat(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n"))
                .hasSize(100_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "",
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n"
    })
    void refusesWhatIsMalformedOrTooLarge(String answer) {
        assertThatThrownBy(() -> read(answer)).isInstanceOf(IOException.class).hasMessageContaining("Runtime API");
    }

    @Test
    void refusesAHeadThatDoesNotEnd() {
        assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(20_000)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("65536");
        assertThatThrownBy(() -> read("HTTP/1.1 100 Continue\r\n\r\n".repeat(20_000)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("65536");
    }

    @Test
    void refusesABodyThatDoesNotEnd() {
        assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\n\r\n" + "a".repeat(17 * 1024 * 1024)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("16777216");
    }
}
