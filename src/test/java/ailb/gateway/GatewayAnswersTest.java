package ailb.gateway;

import static ailb.gateway.ToyFunction.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.lambda.Handlers;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the gateway makes of a function's answers, as a caller sees it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayAnswersTest extends GatewayFixture {

    private static final String NULS = "\0".repeat(8);

    @Test
    void anAnswerGoesOutAsItComes() throws Exception {
        CountDownLatch firstWasRead = new CountDownLatch(1);
        RawCaller caller = caller(gateway(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK);
            ToyFunction.write(out, "first");
            firstWasRead.await();
            ToyFunction.write(out, "second");
        })));
        caller.get("/v1/x");

        caller.readHead();
        assertThat(caller.readChunk()).isEqualTo("first");
        firstWasRead.countDown();
        assertThat(caller.readChunk()).isEqualTo("second");
        assertThat(caller.readChunk()).isEmpty();
    }

    @Test
    void theHeadGoesOutBeforeThereIsABody() throws Exception {
        CountDownLatch headWasRead = new CountDownLatch(1);
        RawCaller caller = caller(gateway(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK);
            headWasRead.await();
            ToyFunction.write(out, "body");
        })));
        caller.get("/v1/x");

        assertThat(caller.readHead()).first().asString().startsWith("HTTP/1.1 200");
        headWasRead.countDown();
        assertThat(caller.readChunk()).isEqualTo("body");
    }

    @Test
    void whatComesWithThePreludeIsAChunkAndEachWriteAfterItIsOne() throws Exception {
        RawCaller caller = caller(gateway(ToyFunction.saying(OK + "a", "b", "", "c")));
        caller.get("/v1/x");

        assertThat(caller.readHead()).contains("Transfer-Encoding: chunked", "content-type: text/plain");
        assertThat(List.of(caller.readChunk(), caller.readChunk(), caller.readChunk(), caller.readChunk()))
                .containsExactly("a", "b", "c", "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a header that is a number      | {'statusCode':200,'headers':{'retry-after':1}}000 | 502 | the header retry-after is not a string",
        "a field that nobody knows      | {'statusCode':200,'body':'x'}000 | 502 | the prelude has a field 'body'",
        "no JSON                        | statusCode 200000 | 502 | the prelude is not JSON",
        "a buffered answer, no separator| {'statusCode':200,'body':'x'} | 500 | no eight NULs",
    })
    void anAnswerThatIsNoneIsAnInternalServerError(String what, String answer, int status, String complaint)
            throws Exception {
        String text = answer.replace('\'', '"').replaceFirst("000$", NULS);
        FakeGateway gateway = gateway(ToyFunction.saying(text, "body"));
        HttpResponse<String> response = get(gateway, "/v1/x");

        assertThat(response.statusCode()).as(what).isEqualTo(status);
        assertThat(response.body()).isEqualTo("{\"message\":\"Internal server error\"}");
        assertThat(gateway.complaints()).containsExactly(complaint);
    }

    @Test
    void anEmptyAnswerIsAnInternalServerError() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.saying());

        assertThat(get(gateway, "/v1/x").statusCode()).isEqualTo(502);
        assertThat(gateway.complaints()).containsExactly("an empty answer");
    }

    @Test
    void aLateSeparatorIsAnInternalServerError() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.saying("{\"statusCode\":200}" + " ".repeat(16 * 1024) + NULS + "x"));

        assertThat(get(gateway, "/v1/x").statusCode()).isEqualTo(500);
        assertThat(gateway.complaints()).containsExactly("no eight NULs in the first 16 KB");
    }

    @Test
    void aFailureBeforeTheAnswerIsABadGateway() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.answering(_ -> {
            throw new IOException("of the test");
        }));

        assertThat(get(gateway, "/v1/x").statusCode()).isEqualTo(502);
        assertThat(gateway.complaints()).hasSize(1).first().asString().contains("the function failed", "of the test");
    }

    @Test
    void aFailureInTheMiddleCutsTheAnswerOff() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK + "half");
            throw new IllegalStateException("of the test");
        }));
        RawCaller caller = caller(gateway);
        caller.get("/v1/x");

        caller.readHead();
        assertThat(caller.readChunk()).isEqualTo("half");
        assertThatThrownBy(caller::readChunk).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> get(gateway, "/v1/x")).isInstanceOf(IOException.class);
    }

    @Test
    void headersComeBackAsTheFunctionSentThemOrUnderAnotherName() throws Exception {
        String prelude = """
                {"statusCode":401,"headers":{"www-authenticate":"Bearer","date":"today","server":"mine",
                "content-length":"7","connection":"close","transfer-encoding":"identity","x-lb-endpoint":"a"},
                "multiValueHeaders":{"x-many":["1","2"]},"cookies":["c=1"]}""";
        HttpResponse<String> response = get(gateway(ToyFunction.saying(prelude + NULS, "no")), "/v1/x");

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).isEqualTo("no");
        assertThat(response.headers().map())
                .containsEntry("x-amzn-remapped-www-authenticate", List.of("Bearer"))
                .containsEntry("x-amzn-remapped-date", List.of("today"))
                .containsEntry("x-amzn-remapped-server", List.of("mine"))
                .containsEntry("x-amzn-remapped-content-length", List.of("7"))
                .containsEntry("x-amzn-remapped-connection", List.of("close"))
                .containsEntry("transfer-encoding", List.of("chunked"))
                .containsEntry("x-lb-endpoint", List.of("a"))
                .containsEntry("x-many", List.of("1", "2"))
                .containsEntry("set-cookie", List.of("c=1"))
                .containsEntry("content-type", List.of("application/json"))
                .doesNotContainKeys("www-authenticate", "server", "content-length");
        assertThat(response.headers().allValues("date")).hasSize(1).doesNotContain("today");
    }

    @Test
    void aHandlerInThisProcessIsAFunction() throws Exception {
        Context context = Handlers.within(Duration.ofSeconds(5));
        RequestStreamHandler handler = (in, out, given) -> {
            ToyFunction.write(out, OK + new JsonMapper().readTree(in).path("path").textValue());
            ToyFunction.write(out, " " + given.getRemainingTimeInMillis());
        };

        assertThat(get(gateway(StreamingFunction.of(handler, () -> context)), "/v1/x").body()).isEqualTo("/x 5000");
    }

    @Test
    void whatMayHaveNoBodyHasNone() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.saying(OK, "ok"));
        FakeGateway nothing = gateway(ToyFunction.saying("{\"statusCode\":204}" + NULS));
        RawCaller caller = caller(nothing);
        caller.get("/v1/x");
        List<String> first = caller.readHead();
        caller.get("/v1/x");

        assertThat(head(gateway, "/v1/x").body()).isEmpty();
        assertThat(first).noneMatch(line -> line.startsWith("Transfer-Encoding"));
        assertThat(caller.readHead()).first().asString().startsWith("HTTP/1.1 204");
    }
}
