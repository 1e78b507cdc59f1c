package ailb.gateway;

import static ailb.gateway.ToyFunction.OK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway makes of requests, as a caller sees it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayRequestsTest extends GatewayFixture {

    @Test
    void aConnectionServesManyRequestsEachWithAnIdOfItsOwn() throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        RawCaller caller = caller(gateway(function));
        List<String> ids = new ArrayList<>();
        for (String target : List.of("/v1/one", "/nowhere", "/v1/two")) {
            caller.get(target);
            List<String> head = caller.readHead();
            ids.add(head.stream().filter(line -> line.startsWith("x-amzn-RequestId: ")).findFirst().orElseThrow());
            if (target.startsWith("/v1/")) {
                assertThat(caller.readChunk() + caller.readChunk()).isEqualTo("ok");
            } else {
                assertThat(head).contains("Content-Length: 23");
                assertThat(caller.read(23)).isEqualTo("{\"message\":\"Forbidden\"}");
            }
        }

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(function.events()).hasSize(2);
        assertThat(ids.get(2)).endsWith(json(function.events().get(1)).at("/requestContext/requestId").textValue());
    }

    @Test
    void aCallerThatSaysSoIsTheLast() throws Exception {
        RawCaller caller = caller(gateway(ToyFunction.saying(OK, "ok")));
        caller.send("GET /v1/x HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n");

        assertThat(caller.readToEnd()).endsWith("0\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions?a=1, /chat/completions, /{proxy+}",
        "/v1, /, /",
        "/v1/, /, /",
        "/v1//x, //x, /{proxy+}",
        "/v1/v1/models, /v1/models, /{proxy+}",
    })
    void theStageIsOfTheUrlAndNotOfThePath(String target, String path, String resource) throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        FakeGateway gateway = gateway(function);

        assertThat(get(gateway, target).statusCode()).isEqualTo(200);
        JsonNode event = json(function.events().getFirst());
        assertThat(event.path("path").textValue()).isEqualTo(path);
        assertThat(event.path("resource").textValue()).isEqualTo(resource);
        assertThat(event.at("/requestContext/stage").textValue()).isEqualTo("v1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v2/models", "/chat/completions", "/v1x"})
    void anotherStageIsForbidden(String target) throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        HttpResponse<String> response = get(gateway(function), target);

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).isEqualTo("{\"message\":\"Forbidden\"}");
        assertThat(response.headers().firstValue("x-amzn-errortype")).contains("ForbiddenException");
        assertThat(function.events()).isEmpty();
    }

    @Test
    void aResourceThatTheApiDoesNotHaveWantsAToken() throws Exception {
        FakeGateway gateway = gateway(
                ToyFunction.saying(OK, "ok"), GatewaySettings.deployed().withResources("/{proxy+}"));
        HttpResponse<String> root = get(gateway, "/v1/");

        assertThat(root.statusCode()).isEqualTo(403);
        assertThat(root.body()).isEqualTo("{\"message\":\"Missing Authentication Token\"}");
        assertThat(get(gateway, "/v1/x").statusCode()).isEqualTo(200);
    }

    @Test
    void aCustomDomainHasNoStageInItsUrl() throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        FakeGateway gateway = gateway(function, GatewaySettings.deployed().behindCustomDomain());

        assertThat(gateway.uri()).isEqualTo(gateway.root());
        assertThat(get(gateway, "/v1/models").statusCode()).isEqualTo(200);
        assertThat(json(function.events().getFirst()).path("path").textValue()).isEqualTo("/v1/models");
    }

    @Test
    void aBodyArrivesByLengthInChunksAndAfterAPromise() throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        FakeGateway gateway = gateway(function);
        send(gateway, BodyPublishers.ofString("Grüße"), false);
        send(gateway, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream("日本".getBytes(UTF_8))), false);
        send(gateway, BodyPublishers.ofString("asked first"), true);

        assertThat(function.events())
                .extracting(event -> json(event).path("body").textValue())
                .containsExactly("Grüße", "日本", "asked first");
    }

    /** By its length, in chunks, and announced. */
    @Test
    void aBodyOverTenMegabytesIsRefusedByTheGateway() throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        FakeGateway gateway = gateway(function);
        byte[] body = new byte[10 * 1024 * 1024 + 1];

        assertThat(List.of(
                send(gateway, BodyPublishers.ofByteArray(body), false),
                send(gateway, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)), false),
                send(gateway, BodyPublishers.ofByteArray(body), true)))
                .allSatisfy(response -> {
                    assertThat(response.statusCode()).isEqualTo(413);
                    assertThat(response.body()).isEqualTo("HTTP content length exceeded 10485760 bytes.");
                });
        assertThat(function.events()).isEmpty();
    }

    /** A quotation mark takes two bytes of JSON. */
    @ParameterizedTest
    @CsvSource({"x, 6280000, 200", "x, 6291556, 413", "'\"', 3140000, 200", "'\"', 3145778, 413"})
    void anEventOverSixMegabytesIsRefusedByLambda(String character, int count, int status) throws Exception {
        HttpResponse<String> response = send(
                gateway(ToyFunction.saying(OK, "ok")), BodyPublishers.ofString(character.repeat(count)), false);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(status == 200 ? "ok" : "{\"message\":\"Request Too Long\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\r\n\r\n", "GET http://x/ HTTP/1.1\r\n\r\n", "GET /v1 HTTP/1.1\r\nnocolon\r\n\r\n",
        "POST /v1 HTTP/1.1\r\nContent-Length: many\r\n\r\n"})
    void whatIsNoRequestIsBad(String text) throws Exception {
        RawCaller caller = caller(gateway(ToyFunction.saying(OK, "ok")));
        caller.send(text);

        assertThat(caller.readToEnd()).startsWith("HTTP/1.1 400").endsWith("{\"message\":\"Bad Request\"}");
    }
}
