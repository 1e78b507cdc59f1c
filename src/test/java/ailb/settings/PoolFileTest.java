package ailb.settings;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.BudgetPolicy;
import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.Operation;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Price;
import ailb.pool.Provider;
import ailb.pool.Settings;
import ailb.pool.Settings.Backoff;
import ailb.pool.Settings.Batches;
import ailb.pool.Settings.Cost;
import ailb.pool.Settings.Health;
import ailb.pool.Settings.Retries;
import ailb.pool.Settings.Routing;
import ailb.pool.TokenAccounting;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolFileTest {

    @Test
    void thePackagedPoolIsTheOriginalPatternsThreeEndpoints() throws IOException {
        Pool pool = PoolFile.parse(packaged());

        Limits openAi = new Limits(
                Map.of(
                        LimitKind.REQUESTS_PER_MINUTE, 500L,
                        LimitKind.REQUESTS_PER_DAY, 10_000L,
                        LimitKind.TOKENS_PER_MINUTE, 200_000L),
                Pacing.SMOOTH,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                TokenAccounting.MAX,
                ZoneId.of("UTC"));
        Limits anthropic = new Limits(
                Map.of(
                        LimitKind.REQUESTS_PER_MINUTE, 300L,
                        LimitKind.INPUT_TOKENS_PER_MINUTE, 300_000L,
                        LimitKind.OUTPUT_TOKENS_PER_MINUTE, 60_000L),
                Pacing.BUCKET,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                TokenAccounting.ESTIMATE,
                ZoneId.of("UTC"));
        assertThat(pool.endpoints())
                .containsExactly(
                        openAiEndpoint("openai-primary", 2.0, openAi),
                        openAiEndpoint("openai-secondary", 1.0, openAi),
                        new EndpointBuilder("anthropic")
                                .provider(Provider.ANTHROPIC)
                                .baseUrl(URI.create("https://api.anthropic.com/v1"))
                                .modelId("claude-haiku-4-5")
                                .models(List.of("chat", "claude-haiku-4-5"))
                                .apiKey("anthropic")
                                .weight(0.5)
                                .limits(anthropic)
                                .price(new Price(1, 5))
                                .build());
        assertThat(pool.settings()).isEqualTo(Settings.DEFAULT);
    }

    @Test
    void anOpenAiEndpointNeedsFiveFieldsAndTheRestIsByDefault() {
        Pool pool = PoolFile.parse(EndpointJson.minimal().file());

        Limits none = new Limits(
                Map.of(),
                Pacing.SMOOTH,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                TokenAccounting.MAX,
                ZoneId.of("UTC"));
        assertThat(pool.endpoints())
                .containsExactly(new Endpoint(
                        "a",
                        Provider.OPENAI,
                        URI.create("https://api.openai.com/v1"),
                        "gpt",
                        List.of("chat"),
                        Set.of(Operation.CHAT),
                        Set.of(),
                        "key-a",
                        1.0,
                        none,
                        null));
    }

    @Test
    void anAnthropicEndpointHasDefaultsOfItsOwn() {
        Endpoint endpoint = only(EndpointJson.minimal().with("provider", "\"anthropic\""));

        assertThat(endpoint.baseUrl()).isEqualTo(URI.create("https://api.anthropic.com/v1"));
        assertThat(endpoint.limits().pacing()).isEqualTo(Pacing.BUCKET);
        assertThat(endpoint.limits().tokenAccounting()).isEqualTo(TokenAccounting.ESTIMATE);
    }

    @Test
    void settingsLeftOutAreTheDocumentedDefaults() {
        Settings documented = new Settings(
                new Retries(3, Duration.ofSeconds(600)),
                new Health(
                        3,
                        10,
                        20,
                        0.2,
                        0.5,
                        Duration.ofSeconds(60),
                        Backoff.FIXED,
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(300)),
                new Routing(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(300),
                        true,
                        0.01,
                        new Cost(OptionalDouble.empty(), BudgetPolicy.REFUSE, 0)),
                new Batches(0.8, Duration.ofMillis(250), 10, 10));

        assertThat(settings("")).isEqualTo(documented);
        assertThat(settings(", \"retries\": {}, \"health\": {}, \"routing\": {}, \"batches\": {}"))
                .isEqualTo(documented);
        assertThat(settings(", \"routing\": {\"budget_usd_per_day\": null}")).isEqualTo(documented);
    }

    @Test
    void everySettingCanBeGiven() {
        Settings settings = settings("""
                , "retries": {"max_attempts": 10, "attempt_cap_seconds": 1},
                "health": {"consecutive_errors": 100, "hard_consecutive_errors": 200, "minimum_calls": 5,
                    "suspect_error_rate": 0, "error_rate": 1, "open_seconds": 15, "open_backoff": "exponential",
                    "open_seconds_cap": 3600, "open_seconds_needing_a_person": 7},
                "routing": {"max_wait_ms": 0, "retry_after_cap_seconds": 9, "latency": false, "local_share": 1,
                    "budget_usd_per_day": 12.5, "at_budget": "cheapest", "cost_exponent": 1.5},
                "batches": {"burst_share": 1, "ahead_ms": 5000, "lease": 100, "max_attempts": 1}""");

        assertThat(settings)
                .isEqualTo(new Settings(
                        new Retries(10, Duration.ofSeconds(1)),
                        new Health(
                                100,
                                200,
                                5,
                                0,
                                1,
                                Duration.ofSeconds(15),
                                Backoff.EXPONENTIAL,
                                Duration.ofSeconds(3600),
                                Duration.ofSeconds(7)),
                        new Routing(
                                Duration.ZERO,
                                Duration.ofSeconds(9),
                                false,
                                1,
                                new Cost(OptionalDouble.of(12.5), BudgetPolicy.CHEAPEST, 1.5)),
                        new Batches(1, Duration.ofSeconds(5), 100, 1)));
    }

    @Test
    void operationsAreWordsOfAList() {
        String words = "[\"embeddings\", \"responses\"]";

        assertThat(only(EndpointJson.minimal()).operations()).isEqualTo(Set.of(Operation.CHAT));
        assertThat(only(EndpointJson.minimal().with("operations", words)).operations())
                .isEqualTo(Set.of(Operation.EMBEDDINGS, Operation.RESPONSES));
    }

    @Test
    void refusedFieldsAreNamesOfAList() {
        assertThat(only(EndpointJson.minimal()).refusedFields()).isEmpty();
        assertThat(only(EndpointJson.minimal().with("refuse_fields", "[\"service_tier\", \"models\"]")).refusedFields())
                .isEqualTo(Set.of("service_tier", "models"));
    }

    @Test
    void bareLimitsOfTheBreakerGiveWayToTheOnesSetBesideThem() {
        Settings settings = settings(", \"health\": {\"consecutive_errors\": 50, \"open_seconds\": 600}");

        assertThat(settings.health().hardConsecutiveErrors()).isEqualTo(50);
        assertThat(settings.health().openCap()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void everyLimitCanBeGiven() {
        Limits limits = only(EndpointJson.minimal()
                .with("requests_per_minute", "1")
                .with("requests_per_day", "2")
                .with("tokens_per_minute", "3")
                .with("input_tokens_per_minute", "4")
                .with("output_tokens_per_minute", "1000000000")
                .with("pacing", "\"even\"")
                .with("burst", "1")
                .with("margin", "0.25")
                .with("token_accounting", "\"max_refunded\"")
                .with("day_reset", "\"America/Los_Angeles\""))
                .limits();

        assertThat(limits)
                .isEqualTo(new Limits(
                        Map.of(
                                LimitKind.REQUESTS_PER_MINUTE, 1L,
                                LimitKind.REQUESTS_PER_DAY, 2L,
                                LimitKind.TOKENS_PER_MINUTE, 3L,
                                LimitKind.INPUT_TOKENS_PER_MINUTE, 4L,
                                LimitKind.OUTPUT_TOKENS_PER_MINUTE, 1_000_000_000L),
                        Pacing.EVEN,
                        OptionalDouble.of(1),
                        OptionalDouble.of(0.25),
                        TokenAccounting.MAX_REFUNDED,
                        ZoneId.of("America/Los_Angeles")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', textBlock = """
                    {"input_per_million": 2, "output_per_million": 8}                                    | 2   | 8
                    {"input_per_million": 2, "output_per_million": 8, "cached_input_per_million": null}  | 2   | 8
                    {"input_per_million": 2, "output_per_million": 8, "cached_input_per_million": 0.5}   | 0.5 | 8
                    {"input_per_million": 2, "output_per_million": 8, "reasoning_per_million": 0}        | 2   | 0
                    """)
    void cachedInputAndReasoningCostTheSameAsOtherTokensUnlessSaid(String json, double cached, double reasoning) {
        assertThat(only(EndpointJson.minimal().with("price", json)).price())
                .isEqualTo(new Price(2, 8, cached, reasoning));
    }

    @Test
    void aRollingDayHasNoZone() {
        assertThat(only(EndpointJson.minimal().with("day_reset", "\"rolling\"")).limits().dayReset())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "requests_per_minute", "requests_per_day", "tokens_per_minute", "input_tokens_per_minute",
                "output_tokens_per_minute", "burst", "margin", "price"
            })
    void nullMeansNotSetWhereThereIsNoDefault(String field) {
        assertThat(only(EndpointJson.minimal().with(field, "null"))).isEqualTo(only(EndpointJson.minimal()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e3", "1000.0", "1000", "10.00E2"})
    void aWholeNumberMayBeWrittenInAnyWay(String number) {
        assertThat(only(EndpointJson.minimal().with("tokens_per_minute", number)).limits().amounts())
                .isEqualTo(Map.of(LimitKind.TOKENS_PER_MINUTE, 1000L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', textBlock = """
                    https://a.example/v1               | https://a.example/v1
                    https://a.example/v1/              | https://a.example/v1
                    https://a.example/v1//             | https://a.example/v1
                    https://a.example/                 | https://a.example
                    https://a.example:8443             | https://a.example:8443
                    HTTPS://a.example/openai/v1        | HTTPS://a.example/openai/v1
                    http://localhost:11434/v1/         | http://localhost:11434/v1
                    http://LOCALHOST/v1                | http://LOCALHOST/v1
                    http://127.0.0.1:8080              | http://127.0.0.1:8080
                    http://127.255.0.9                 | http://127.255.0.9
                    http://[::1]:8080/v1               | http://[::1]:8080/v1
                    """)
    void aBaseUrlIsTakenWithoutTheSlashAtItsEnd(String given, URI taken) {
        assertThat(only(EndpointJson.minimal().with("base_url", "\"" + given + "\"")).baseUrl())
                .isEqualTo(taken);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai-primary", "OPENAI_KEY_2", "xai-prod", "gsk_eu", "team.a", "k"})
    void aKeyIsGivenByName(String name) {
        assertThat(only(EndpointJson.minimal().with("api_key", "\"" + name + "\"")).apiKey()).isEqualTo(name);
    }

    @Test
    void endpointsKeepTheOrderOfTheFile() {
        List<EndpointJson> endpoints = List.of(
                EndpointJson.minimal().with("name", "\"z\""), EndpointJson.minimal().with("name", "\"b\""));

        assertThat(PoolFile.parse(EndpointJson.fileOf(endpoints, "")).endpoints())
                .extracting(Endpoint::name)
                .containsExactly("z", "b");
    }

    private static Endpoint openAiEndpoint(String name, double weight, Limits limits) {
        return new EndpointBuilder(name)
                .baseUrl(URI.create("https://api.openai.com/v1"))
                .modelId("gpt-4o-mini")
                .models(List.of("chat", "gpt-4o-mini"))
                .apiKey(name)
                .weight(weight)
                .limits(limits)
                .price(new Price(0.15, 0.6))
                .build();
    }

    private static Endpoint only(EndpointJson endpoint) {
        return PoolFile.parse(endpoint.file()).endpoints().getFirst();
    }

    private static Settings settings(String more) {
        return PoolFile.parse(EndpointJson.fileOf(List.of(EndpointJson.minimal()), more)).settings();
    }

    static byte[] packaged() throws IOException {
        try (InputStream file = PoolFileTest.class.getResourceAsStream("/pool.json")) {
            return Objects.requireNonNull(file).readAllBytes();
        }
    }
}
