package ailb.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedFieldsTest {

    private static final String FIELDS_OF_AN_ENDPOINT =
            "name, provider, base_url, model_id, models, operations, refuse_fields, api_key, weight, requests_per_minute, requests_per_day, "
                    + "tokens_per_minute, input_tokens_per_minute, output_tokens_per_minute, pacing, burst, margin, "
                    + "token_accounting, day_reset, price";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', textBlock = """
            name | ""         | must be 1 to 64 letters, digits, dots, dashes and underscores, not ""
            name | "a b"      | must be 1 to 64 letters, digits, dots, dashes and underscores, not "a b"
            name | "a\\nb"    | must be 1 to 64 letters, digits, dots, dashes and underscores, not "a?b"
            name | "\\u2028"  | must be 1 to 64 letters, digits, dots, dashes and underscores, not "?"
            name | "é"        | must be 1 to 64 letters, digits, dots, dashes and underscores, not "é"
            name | 7          | must be 1 to 64 letters, digits, dots, dashes and underscores, not 7
            name | null       | must be 1 to 64 letters, digits, dots, dashes and underscores, not null
            provider | "azure"  | must be one of "openai", "anthropic", not "azure"
            provider | "OpenAI" | must be one of "openai", "anthropic", not "OpenAI"
            provider | {}       | must be one of "openai", "anthropic", not an object
            provider | null     | must be one of "openai", "anthropic", not null
            model_id | ""       | must be a text of 1 to 256 characters, not blank and without control characters, not ""
            model_id | " "      | must be a text of 1 to 256 characters, not blank and without control characters, not " "
            model_id | "a\\tb"  | must be a text of 1 to 256 characters, not blank and without control characters, not "a?b"
            model_id | true     | must be a text of 1 to 256 characters, not blank and without control characters, not true
            models   | []       | must be a list of 1 to 100, not an empty one
            models   | "chat"   | must be a list of 1 to 100, not "chat"
            models   | null     | must be a list of 1 to 100, not null
            operations | []             | must be a list of 1 to 3, not an empty one
            operations | "chat"         | must be a list of 1 to 3, not "chat"
            refuse_fields | []      | must be a list of 1 to 50, not an empty one
            refuse_fields | "route" | must be a list of 1 to 50, not "route"
            weight | 0       | must be a number above 0 and at most 1000, not 0
            weight | -1      | must be a number above 0 and at most 1000, not -1
            weight | 1000.01 | must be a number above 0 and at most 1000, not 1000.01
            weight | 1e400   | must be a number above 0 and at most 1000, not 1E+400
            weight | 1e-400  | must be a number above 0 and at most 1000, not 1E-400
            weight | "2"     | must be a number above 0 and at most 1000, not "2"
            weight | null    | must be a number above 0 and at most 1000, not null
            requests_per_minute | -5    | must be a whole number above 0, not -5
            requests_per_minute | 0     | must be a whole number above 0, not 0
            requests_per_minute | 2.5   | must be a whole number above 0, not 2.5
            requests_per_minute | 25e-1 | must be a whole number above 0, not 2.5
            requests_per_minute | "500" | must be a whole number above 0, not "500"
            requests_per_minute | false | must be a whole number above 0, not false
            requests_per_minute | 1000000001 | must be at most 1000000000, not 1000000001
            requests_per_minute | 1e999999999   | must be at most 1000000000, not 1E+999999999
            requests_per_minute | 1e-999999999  | must be a whole number above 0, not 1E-999999999
            requests_per_day         | 0  | must be a whole number above 0, not 0
            tokens_per_minute        | -1 | must be a whole number above 0, not -1
            input_tokens_per_minute  | [] | must be a whole number above 0, not a list
            output_tokens_per_minute | 0.1 | must be a whole number above 0, not 0.1
            pacing | "fast" | must be one of "bucket", "smooth", "even", not "fast"
            pacing | null   | must be one of "bucket", "smooth", "even", not null
            burst  | 10     | needs requests_per_minute: it says how many of those may start at once
            margin | 0      | must be a number from 0.01 to 1, not 0
            margin | 1.01   | must be a number from 0.01 to 1, not 1.01
            margin | "all"  | must be a number from 0.01 to 1, not "all"
            token_accounting | "sum" | must be one of "max", "max_refunded", "estimate", not "sum"
            token_accounting | 1     | must be one of "max", "max_refunded", "estimate", not 1
            day_reset | "Mars" | must be a time zone such as "UTC" or "America/Los_Angeles", or "rolling", not "Mars"
            day_reset | null   | must be a time zone such as "UTC" or "America/Los_Angeles", or "rolling", not null
            price | 3  | must be an object, not 3
            price | [] | must be an object, not a list
            """)
    void aBadValueIsNamedWithWhatIsAllowed(String field, String json, String complaint) {
        assertThat(problems(EndpointJson.minimal().with(field, json)))
                .containsExactly("endpoints[0]." + field + ": " + complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', textBlock = """
            name     | is missing; it must be 1 to 64 letters, digits, dots, dashes and underscores
            provider | is missing; it must be one of "openai", "anthropic"
            model_id | is missing; it must be a text of 1 to 256 characters, not blank and without control characters
            models   | is missing; it must be a list of public model names
            api_key  | is missing; it must be the name of a key in the secret, 1 to 64 letters, digits, dots, dashes and underscores
            """)
    void aFieldThatIsMissingIsNamed(String field, String complaint) {
        assertThat(problems(EndpointJson.minimal().without(field)))
                .containsExactly("endpoints[0]." + field + ": " + complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', textBlock = """
            ""                            | must be an https URL such as "https://api.openai.com/v1", not the value given (not shown)
            "api.openai.com"              | must be an https URL such as "https://api.openai.com/v1", not the value given (not shown)
            "ftp://a.example"             | must be an https URL such as "https://api.openai.com/v1", not the value given (not shown)
            "https:///v1"                 | must be an https URL such as "https://api.openai.com/v1", not the value given (not shown)
            "https://a b"                 | must be an https URL such as "https://api.openai.com/v1", not the value given (not shown)
            "https://a.example:0"         | must be an https URL such as "https://api.openai.com/v1", not the value given (not shown)
            "https://a.example:65536"     | must be an https URL such as "https://api.openai.com/v1", not the value given (not shown)
            null                          | must be an https URL such as "https://api.openai.com/v1", not null
            5                             | must be an https URL such as "https://api.openai.com/v1", not 5
            "http://a.example/v1"         | must begin with https://; http:// is for localhost, 127.x.x.x and [::1] only
            "http://127.0.0.1.a.example"  | must begin with https://; http:// is for localhost, 127.x.x.x and [::1] only
            "http://localhost.a.example"  | must begin with https://; http:// is for localhost, 127.x.x.x and [::1] only
            "http://[::2]"                | must begin with https://; http:// is for localhost, 127.x.x.x and [::1] only
            "https://hunter2@a.example"   | must not have a user, a query or a fragment; keys belong in the secret
            "https://a.example?key=x"     | must not have a user, a query or a fragment; keys belong in the secret
            "https://a.example/v1/?"      | must not have a user, a query or a fragment; keys belong in the secret
            "https://a.example#x"         | must not have a user, a query or a fragment; keys belong in the secret
            "https://a.example/v1/chat/completions/" | must end before the operation, as in "https://api.openai.com/v1": the balancer adds /chat/completions and the like
            "https://a.example/v1/messages" | must end before the operation, as in "https://api.openai.com/v1": the balancer adds /chat/completions and the like
            """)
    void aBadBaseUrlIsRefusedAndNotRepeated(String json, String complaint) {
        assertThat(problems(EndpointJson.minimal().with("base_url", json)))
                .containsExactly("endpoints[0].base_url: " + complaint);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ["model"]                | [0]: must not be "model", which every request needs
            ["route", "messages"]    | [1]: must not be "messages", which every request needs
            ["input"]                | [0]: must not be "input", which every request needs
            ["a b"]                  | [0]: must be 1 to 64 letters, digits, dots, dashes and underscores, not "a b"
            [7]                      | [0]: must be 1 to 64 letters, digits, dots, dashes and underscores, not 7
            ["route", "route"]       | [1]: "route" is taken by endpoints[0].refuse_fields[0]; each must be different
            """)
    void aFieldThatCannotBeRefusedIsNamed(String list, String complaint) {
        assertThat(problems(EndpointJson.minimal().with("refuse_fields", list)))
                .containsExactly("endpoints[0].refuse_fields" + complaint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sk-proj-abc", "sk_live_abc", "sk-ant-api03-abc", "gsk_abcdefghijklmnopqrst",
                "xai-abcdefghijklmnopqrst", "AIzaSy_bcdefghijklmnopqrst", "Bearer abc",
                "0123456789abcdef0123456789abcdef",
                "a-name-that-is-far-longer-than-any-name-of-a-key-in-the-secret-would-be"
            })
    void whatLooksLikeAKeyIsRefusedAndNotRepeated(String key) {
        assertThat(problems(EndpointJson.minimal().with("api_key", "\"" + key + "\"")))
                .containsExactly("endpoints[0].api_key: looks like a key itself (not shown); "
                        + "put the key into the secret and its name here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"my key\"", "null", "5", "[\"sk-proj-abc\"]"})
    void whatIsNoNameOfAKeyIsRefusedAndNotRepeated(String json) {
        assertThat(problems(EndpointJson.minimal().with("api_key", json)))
                .containsExactly("endpoints[0].api_key: must be the name of a key in the secret, 1 to 64 letters, "
                        + "digits, dots, dashes and underscores, not the value given (not shown)");
    }

    @Test
    void aKeyInTheWrongPlaceIsNotRepeatedEither() {
        EndpointJson endpoint = EndpointJson.minimal()
                .with("pacing", "\"sk-hunter2\"")
                .with("sk-hunter2", "1")
                .with("models", "[\"sk-hunter2\", \"sk-hunter2\"]");

        assertThat(problems(endpoint)).hasSize(3).noneMatch(problem -> problem.contains("hunter2"));
    }

    @Test
    void aLongValueIsCut() {
        assertThat(problems(EndpointJson.minimal().with("pacing", "\"" + "ab ".repeat(100) + "\"")))
                .containsExactly("endpoints[0].pacing: must be one of \"bucket\", \"smooth\", \"even\", not "
                        + "\"ab ab ab ab ab ab ab ab ab ab ab ab ab a...\"");
    }

    @Test
    void eachElementOfModelsIsChecked() {
        assertThat(problems(EndpointJson.minimal().with("models", "[\"a\", \"\", 3, \"b\", \"a\"]")))
                .containsExactly(
                        "endpoints[0].models[1]: must be a text of 1 to 256 characters, not blank and without control "
                                + "characters, not \"\"",
                        "endpoints[0].models[2]: must be a text of 1 to 256 characters, not blank and without control "
                                + "characters, not 3",
                        "endpoints[0].models[4]: \"a\" is taken by endpoints[0].models[0]; each must be different");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', textBlock = """
            {"input_per_million": 1}                             | endpoints[0].price.output_per_million: is missing; it must be a number from 0 to 1000000
            {"output_per_million": 1}                            | endpoints[0].price.input_per_million: is missing; it must be a number from 0 to 1000000
            {"input_per_million": -1, "output_per_million": 1}   | endpoints[0].price.input_per_million: must be a number from 0 to 1000000, not -1
            {"input_per_million": 1, "output_per_million": null} | endpoints[0].price.output_per_million: must be a number from 0 to 1000000, not null
            {"input_per_million": 1, "output_per_million": 1, "cached": 0} | endpoints[0].price.cached: unknown field; allowed: input_per_million, output_per_million, cached_input_per_million, reasoning_per_million
            {"input_per_million": 1, "output_per_million": 1, "cached_input_per_million": -1} | endpoints[0].price.cached_input_per_million: must be a number from 0 to 1000000, not -1
            {"input_per_million": 1, "output_per_million": 1, "reasoning_per_million": "1"} | endpoints[0].price.reasoning_per_million: must be a number from 0 to 1000000, not "1"
            """)
    void aPriceIsWholeOrRefused(String json, String problem) {
        assertThat(problems(EndpointJson.minimal().with("price", json))).containsExactly(problem);
    }

    /** More at once than a minute may see would be no limit. */
    @ParameterizedTest
    @CsvSource({"61, 61", "0.99, 0.99", "1e13, 1E+13", "true, true"})
    void aBurstIsAMinutesWorthAtMost(String burst, String told) {
        assertThat(problems(EndpointJson.minimal().with("requests_per_minute", "60").with("burst", burst)))
                .containsExactly("endpoints[0].burst: must be a number from 1 to 60, not " + told);
    }

    @Test
    void aLimitThatIsWrongIsTheOnlyProblemOfItsBurst() {
        assertThat(problems(EndpointJson.minimal().with("requests_per_minute", "0").with("burst", "10")))
                .containsExactly("endpoints[0].requests_per_minute: must be a whole number above 0, not 0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', textBlock = """
            "retries": 3                                  | retries: must be an object, not 3
            "retries": null                               | retries: must be an object, not null
            "retries": {"max_attempts": 0}                | retries.max_attempts: must be a whole number from 1 to 10, not 0
            "retries": {"max_attempts": 11}               | retries.max_attempts: must be a whole number from 1 to 10, not 11
            "retries": {"max_attempts": null}             | retries.max_attempts: must be a whole number from 1 to 10, not null
            "retries": {"attempt_cap_seconds": 0}         | retries.attempt_cap_seconds: must be a whole number from 1 to 3600, not 0
            "retries": {"max_attempt": 1}                 | retries.max_attempt: unknown field; did you mean max_attempts? allowed: max_attempts, attempt_cap_seconds
            "health": {"consecutive_errors": 101}         | health.consecutive_errors: must be a whole number from 1 to 100, not 101
            "health": {"consecutive_errors": 1.5}         | health.consecutive_errors: must be a whole number from 1 to 100, not 1.5
            "health": {"open_seconds": 0}                 | health.open_seconds: must be a whole number from 1 to 3600, not 0
            "health": {"open_seconds": 3601}              | health.open_seconds: must be a whole number from 1 to 3600, not 3601
            "health": {"open_seconds_needing_a_person": "5"} | health.open_seconds_needing_a_person: must be a whole number from 1 to 3600, not "5"
            "health": {"seconds": 1}                      | health.seconds: unknown field; allowed: consecutive_errors, hard_consecutive_errors, open_seconds, open_seconds_cap, minimum_calls, suspect_error_rate, error_rate, open_backoff, open_seconds_needing_a_person
            "health": {"error_rate": 1.01}                | health.error_rate: must be a number from 0 to 1, not 1.01
            "health": {"suspect_error_rate": "x"}         | health.suspect_error_rate: must be a number from 0 to 1, not "x"
            "health": {"open_backoff": "linear"}          | health.open_backoff: must be one of "fixed", "exponential", not "linear"
            "health": {"minimum_calls": 0}                | health.minimum_calls: must be a whole number from 1 to 10000, not 0
            "health": {"hard_consecutive_errors": 0}      | health.hard_consecutive_errors: must be a whole number from 1 to 1000, not 0
            "health": {"open_seconds_cap": 0}             | health.open_seconds_cap: must be a whole number from 1 to 3600, not 0
            "batches": {"burst_share": 0}                 | batches.burst_share: must be a number above 0 and at most 1, not 0
            "batches": {"ahead_ms": 5001}                 | batches.ahead_ms: must be a whole number from 0 to 5000, not 5001
            "batches": {"lease": 0}                       | batches.lease: must be a whole number from 1 to 100, not 0
            "batches": {"max_attempts": 101}              | batches.max_attempts: must be a whole number from 1 to 100, not 101
            "routing": {"max_wait_ms": -1}                | routing.max_wait_ms: must be a whole number from 0 to 60000, not -1
            "routing": {"max_wait_ms": 60001}             | routing.max_wait_ms: must be a whole number from 0 to 60000, not 60001
            "routing": {"retry_after_cap_seconds": 0}     | routing.retry_after_cap_seconds: must be a whole number from 1 to 3600, not 0
            "routing": {"latency": "yes"}                 | routing.latency: must be true or false, not "yes"
            "routing": {"latency": null}                  | routing.latency: must be true or false, not null
            "routing": {"local_share": 0}                 | routing.local_share: must be a number above 0 and at most 1, not 0
            "routing": {"local_share": 1.01}              | routing.local_share: must be a number above 0 and at most 1, not 1.01
            "routing": {"local_share": "1"}               | routing.local_share: must be a number above 0 and at most 1, not "1"
            "routing": {"local_share": null}              | routing.local_share: must be a number above 0 and at most 1, not null
            "routing": {"budget_usd_per_day": 0}          | routing.budget_usd_per_day: must be a number above 0 and at most 1000000000, not 0
            "routing": {"budget_usd_per_day": "5"}        | routing.budget_usd_per_day: must be a number above 0 and at most 1000000000, not "5"
            "routing": {"at_budget": "stop"}              | routing.at_budget: must be one of "cheapest", "refuse", not "stop"
            "routing": {"at_budget": null}                | routing.at_budget: must be one of "cheapest", "refuse", not null
            "routing": {"cost_exponent": -1}              | routing.cost_exponent: must be a number from 0 to 8, not -1
            "routing": {"cost_exponent": 8.5}             | routing.cost_exponent: must be a number from 0 to 8, not 8.5
            "routing": {"budget": 5}                      | routing.budget: unknown field; did you mean at_budget? allowed: max_wait_ms, retry_after_cap_seconds, latency, local_share, budget_usd_per_day, at_budget, cost_exponent
            "retry": {}                                   | retry: unknown field; allowed: endpoints, retries, health, routing, batches
            """)
    void aBadSettingIsNamedWithWhatIsAllowed(String json, String problem) {
        assertThat(problems(EndpointJson.fileOf(List.of(EndpointJson.minimal()), ", " + json)))
                .containsExactly(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', textBlock = """
            request_per_minute | endpoints[0].request_per_minute: unknown field; did you mean requests_per_minute?
            requestsPerMinute  | endpoints[0].requestsPerMinute: unknown field; did you mean requests_per_minute?
            baseUrl            | endpoints[0].baseUrl: unknown field; did you mean base_url?
            Weight             | endpoints[0].Weight: unknown field; did you mean weight?
            comment            | endpoints[0].comment: unknown field;
            we ird             | endpoints[0]."we ird": unknown field;
            """)
    void anUnknownFieldIsRefusedWithTheNearestName(String field, String beginning) {
        assertThat(problems(EndpointJson.minimal().with(field, "1")))
                .containsExactly(beginning + " allowed: " + FIELDS_OF_AN_ENDPOINT);
    }

    @Test
    void twoEndpointsOfOneNameAreRefused() {
        List<EndpointJson> endpoints = List.of(
                EndpointJson.minimal(), EndpointJson.minimal().with("name", "\"b\""), EndpointJson.minimal());

        assertThat(problems(EndpointJson.fileOf(endpoints, "")))
                .containsExactly("endpoints[2].name: \"a\" is taken by endpoints[0].name; each must be different");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', textBlock = """
            {}                    | endpoints: is missing; it must be a list of endpoints
            {"endpoints": []}     | endpoints: must be a list of 1 to 1000, not an empty one
            {"endpoints": {}}     | endpoints: must be a list of 1 to 1000, not an object
            {"endpoints": null}   | endpoints: must be a list of 1 to 1000, not null
            {"endpoints": ["a"]}  | endpoints[0]: must be an object, not "a"
            []                    | (whole file): must be an object, not a list
            null                  | (whole file): must be an object, not null
            """)
    void aFileWithoutEndpointsIsRefused(String json, String problem) {
        assertThat(problems(EndpointJson.bytes(json))).containsExactly(problem);
    }

    @Test
    void aThousandAndOneEndpointsAreRefused() {
        assertThat(problems(EndpointJson.fileOf(Collections.nCopies(1001, EndpointJson.minimal()), "")))
                .containsExactly("endpoints: must be a list of 1 to 1000, not one of 1001");
    }

    @Test
    void aFieldGivenTwiceIsRefused() {
        assertThat(problems(EndpointJson.bytes("""
                {"endpoints": [{"name": "a", "name": "b", "provider": "openai", "model_id": "gpt", "models": ["chat"],
                  "api_key": "a", "price": {"input_per_million": 1, "output_per_million": 1, "input_per_million": 2}}],
                 "endpoints": []}""")))
                .containsExactly(
                        "endpoints[0].name: is given more than once; give it once",
                        "endpoints[0].price.input_per_million: is given more than once; give it once",
                        "endpoints: is given more than once; give it once");
    }

    @Test
    void allProblemsComeAtOnceOneALine() {
        List<EndpointJson> endpoints = List.of(
                EndpointJson.minimal().with("weight", "0").with("pacing", "1"),
                EndpointJson.minimal().without("provider"));

        PoolFileException refused = catchThrowableOfType(
                PoolFileException.class,
                () -> PoolFile.parse(EndpointJson.fileOf(endpoints, ", \"retries\": {\"max_attempts\": 99}")));

        assertThat(refused).hasMessage("""
                endpoints[0].weight: must be a number above 0 and at most 1000, not 0
                endpoints[0].pacing: must be one of "bucket", "smooth", "even", not 1
                endpoints[1].name: "a" is taken by endpoints[0].name; each must be different
                endpoints[1].provider: is missing; it must be one of "openai", "anthropic"
                retries.max_attempts: must be a whole number from 1 to 10, not 99""");
        assertThat(refused.problems()).hasSize(5);
    }

    private static List<String> problems(EndpointJson endpoint) {
        return problems(endpoint.file());
    }

    private static List<String> problems(byte[] file) {
        return catchThrowableOfType(PoolFileException.class, () -> PoolFile.parse(file)).problems();
    }
}
