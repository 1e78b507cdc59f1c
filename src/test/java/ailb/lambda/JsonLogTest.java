package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.port.DispatchEvent;
import ailb.port.SteppedTime;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a line looks like is CloudWatch's embedded metric format: its specification has the words. */
class JsonLogTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final JsonLog log = new JsonLog(
            new PrintStream(out, true, StandardCharsets.UTF_8), new SteppedTime(1_800_000_000_123_456_789L),
            "our-stack");

    @Test
    void anEventIsOneLineOfJson() {
        log.on(new DispatchEvent.Admitted("a", 2_000_000L));
        log.on(new DispatchEvent.Closed("a"));
        log.on(new DispatchEvent.KeyRenewed("a"));

        assertThat(written()).isEqualToIgnoringNewLines("""
                {"event":"admitted","endpoint":"a","wait_ms":2}
                {"event":"closed","endpoint":"a"}
                {"event":"keyrenewed","endpoint":"a"}
                """);
    }

    @Test
    void aMissingKeyNeedsAPerson() {
        log.on(new DispatchEvent.KeyMissing("a", "put it"));

        assertThat(written()).isEqualToIgnoringNewLines("""
                {"event":"keymissing","endpoint":"a","remedy":"put it","Stack":"our-stack","EndpointNeedsAPerson":1,\
                "_aws":{"Timestamp":1800000000123,"CloudWatchMetrics":[\
                {"Namespace":"AiLoadBalancer","Dimensions":[["Stack"]],\
                "Metrics":[{"Name":"EndpointNeedsAPerson","Unit":"Count"}]}]}}
                """);
    }

    @Test
    void anAnswerTellsItsTimeAndItsTokens() {
        log.on(new DispatchEvent.Answered("a", 1_234_567_890L, 10, 5));

        assertThat(written()).isEqualToIgnoringNewLines("""
                {"event":"answered","endpoint":"a","ms":1234,"input_tokens":10,"output_tokens":5,\
                "Stack":"our-stack","Endpoint":"a","Latency":1234,"Tokens":15,\
                "_aws":{"Timestamp":1800000000123,"CloudWatchMetrics":[\
                {"Namespace":"AiLoadBalancer","Dimensions":[["Stack","Endpoint"]],\
                "Metrics":[{"Name":"Latency","Unit":"Milliseconds"}]},\
                {"Namespace":"AiLoadBalancer","Dimensions":[["Stack","Endpoint"]],\
                "Metrics":[{"Name":"Tokens","Unit":"Count"}]}]}}
                """);
    }

    @Test
    void aFailureCountsByEndpointAndKind() {
        log.on(new DispatchEvent.Failed("a", 2_000_000L, FailureClass.SERVER, 500, "a \"quoted\" word"));

        assertThat(written()).isEqualToIgnoringNewLines("""
                {"event":"failed","endpoint":"a","ms":2,"failure":"SERVER","status":500,"detail":"a \\"quoted\\" word",\
                "Stack":"our-stack","Endpoint":"a","Failure":"SERVER","Failed":1,\
                "_aws":{"Timestamp":1800000000123,"CloudWatchMetrics":[\
                {"Namespace":"AiLoadBalancer","Dimensions":[["Stack","Endpoint","Failure"]],\
                "Metrics":[{"Name":"Failed","Unit":"Count"}]}]}}
                """);
    }

    @Test
    void whatOnlyAPersonCanMendCountsForThePoolToo() {
        log.on(new DispatchEvent.Opened("a", FailureClass.QUOTA));
        log.on(new DispatchEvent.Opened("b", FailureClass.SERVER));

        assertThat(written()).isEqualToIgnoringNewLines("""
                {"event":"opened","endpoint":"a","reason":"QUOTA",\
                "Stack":"our-stack","Endpoint":"a","EndpointOpened":1,"EndpointNeedsAPerson":1,\
                "_aws":{"Timestamp":1800000000123,"CloudWatchMetrics":[\
                {"Namespace":"AiLoadBalancer","Dimensions":[["Stack","Endpoint"]],\
                "Metrics":[{"Name":"EndpointOpened","Unit":"Count"}]},\
                {"Namespace":"AiLoadBalancer","Dimensions":[["Stack"]],\
                "Metrics":[{"Name":"EndpointNeedsAPerson","Unit":"Count"}]}]}}
                {"event":"opened","endpoint":"b","reason":"SERVER","Stack":"our-stack","Endpoint":"b","EndpointOpened":1,\
                "_aws":{"Timestamp":1800000000123,"CloudWatchMetrics":[\
                {"Namespace":"AiLoadBalancer","Dimensions":[["Stack","Endpoint"]],\
                "Metrics":[{"Name":"EndpointOpened","Unit":"Count"}]}]}}
                """);
    }

    @Test
    void aStoreThatIsDownIsOneUntilItIsUpAgain() throws IOException {
        log.on(new DispatchEvent.StoreDown("all", "timeout"));
        log.on(new DispatchEvent.StoreStillDown("all", "timeout"));
        log.on(new DispatchEvent.StoreUp("all", 3_000_000L));

        assertThat(lines()).extracting(line -> line.path("StateStoreDown").asInt(-1)).containsExactly(1, 1, 0);
        assertThat(lines()).extracting(line -> line.path("event").asText())
                .containsExactly("storedown", "storestilldown", "storeup");
        assertThat(lines().getLast().path("down_ms").asInt()).isEqualTo(3);
        assertThat(lines()).allSatisfy(line -> assertThat(line.path("_aws")).hasToString("""
                {"Timestamp":1800000000123,"CloudWatchMetrics":[{"Namespace":"AiLoadBalancer","Dimensions":[["Stack"]],\
                "Metrics":[{"Name":"StateStoreDown","Unit":"Count"}]}]}"""));
    }

    @Test
    void troubleThrottlingAndRefusalsAreCounted() throws IOException {
        log.on(new DispatchEvent.StoreTrouble("a", "timeout"));
        log.on(new DispatchEvent.Throttled("a"));
        log.on(new DispatchEvent.Refused("a"));

        assertThat(lines()).extracting(line -> line.at("/_aws/CloudWatchMetrics/0/Metrics/0/Name").asText())
                .containsExactly("StateStoreTrouble", "StateStoreThrottled", "Refused");
        assertThat(lines()).allSatisfy(
                line -> assertThat(line.path(line.at("/_aws/CloudWatchMetrics/0/Metrics/0/Name").asText()).asInt())
                        .isEqualTo(1));
    }

    @Test
    void aCallerWhoIsTurnedAwayForItsKeyIsCounted() throws IOException {
        log.keyRefused();

        assertThat(lines()).singleElement().satisfies(line -> {
            assertThat(line.path("event").asText()).isEqualTo("clientkeyrefused");
            assertThat(line.path("RefusedKeys").asInt()).isEqualTo(1);
            assertThat(line.at("/_aws/CloudWatchMetrics/0/Dimensions")).hasToString("[[\"Stack\"]]");
            assertThat(line.at("/_aws/CloudWatchMetrics/0/Metrics/0/Name").asText()).isEqualTo("RefusedKeys");
        });
    }

    @Test
    void aLineTellsTheInvocationOnItsThreadAndOnThoseThatWorkForIt() throws Exception {
        LogNames.<Object, InterruptedException>during("8c1f0b7e", () -> {
            log.on(new DispatchEvent.Closed("a"));
            Thread worker = Thread.ofVirtual().start(LogNames.kept(() -> log.on(new DispatchEvent.Closed("b"))));
            worker.join();
            return worker;
        });
        log.on(new DispatchEvent.Closed("c"));

        assertThat(lines()).extracting(line -> line.path("endpoint").asText() + line.path("invocation").asText())
                .containsExactly("a8c1f0b7e", "b8c1f0b7e", "c");
    }

    private String written() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private List<JsonNode> lines() throws IOException {
        return new JsonMapper().readerFor(JsonNode.class).<JsonNode>readValues(written()).readAll();
    }
}
