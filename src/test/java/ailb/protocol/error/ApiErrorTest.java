package ailb.protocol.error;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Provider;
import ailb.protocol.WireFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiErrorTest {

    @Test
    void fieldsThatHaveNoValueAreWrittenAsNull() {
        String json = WireFiles.text(ApiError.invalidRequest("No \"such\" thing", null).toJson(Provider.OPENAI));

        assertThat(json)
                .isEqualTo(
                        "{\"error\":{\"message\":\"No \\\"such\\\" thing\",\"type\":\"invalid_request_error\","
                                + "\"param\":null,\"code\":null}}");
    }

    @Test
    void aModelThatIsNotServedIsNamedInShortAndTheOthersAreToBeFound() {
        assertThat(ApiError.modelNotFound("gpt-9").message())
                .isEqualTo("The model 'gpt-9' is not served here; GET /v1/models lists those that are.");
        assertThat(ApiError.modelNotFound("m".repeat(64)).message()).contains("'" + "m".repeat(64) + "'");
        assertThat(ApiError.notFound("M".repeat(70), "/" + "p".repeat(8000)).message())
                .startsWith("Invalid URL (" + "M".repeat(64) + "... /" + "p".repeat(135) + "...). ");
        assertThat(ApiError.methodNotAllowed("M".repeat(70), "/" + "p".repeat(8000)).message())
                .startsWith("M".repeat(64) + "... is not allowed on /" + "p".repeat(135) + "...; ");
        assertThat(ApiError.modelNotFound("m".repeat(65)).message()).contains("'" + "m".repeat(64) + "...'");
        assertThat(ApiError.modelNotFound("\ud83d\ude00".repeat(65)).message())
                .contains("'" + "\ud83d\ude00".repeat(64) + "...'");
    }

    @Test
    void aPathThatIsNoneComesWithWhatMostOftenIsTheCause() {
        assertThat(ApiError.notFound("POST", "/v1/v1/messages").message())
                .isEqualTo("Invalid URL (POST /v1/v1/messages). OpenAI clients need a base URL that ends in /v1, "
                        + "Anthropic clients one without /v1.");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-", value = {
                "invalid,     400, invalid_request_error, messages, -",
                "json,        400, invalid_request_error, -,        -",
                "unsupported, 400, invalid_request_error, stream,   unsupported_parameter",
                "key,         401, invalid_request_error, -,        invalid_api_key",
                "model,       404, invalid_request_error, model,    model_not_found",
                "path,        404, invalid_request_error, -,        unknown_url",
                "method,      405, invalid_request_error, -,        method_not_supported",
                "large,       413, invalid_request_error, -,        request_too_large",
                "rate,        429, rate_limit_error,      -,        rate_limit_exceeded",
                "internal,    500, server_error,          -,        internal_error",
                "gateway,     502, server_error,          -,        bad_gateway",
                "unavailable, 503, server_error,          -,        no_healthy_endpoint",
                "timeout,     504, server_error,          -,        timeout",
            })
    void eachErrorHasTheStatusTypeParamAndCodeThatClientsKnow(
            String error, int status, String type, String param, String code) {
        ApiError actual = switch (error) {
            case "invalid" -> ApiError.invalidRequest("m", "messages");
            case "json" -> ApiError.invalidJson("m");
            case "unsupported" -> ApiError.unsupported("stream", "m");
            case "key" -> ApiError.unauthorized("m");
            case "model" -> ApiError.modelNotFound("gpt-9");
            case "path" -> ApiError.notFound("GET", "/x");
            case "method" -> ApiError.methodNotAllowed("GET", "/v1/chat/completions");
            case "large" -> ApiError.tooLarge(1000);
            case "rate" -> ApiError.rateLimited("m");
            case "internal" -> ApiError.internal("m");
            case "gateway" -> ApiError.badGateway("m");
            case "unavailable" -> ApiError.unavailable("m", "no_healthy_endpoint");
            default -> ApiError.timeout("m");
        };

        assertThat(actual).isEqualTo(new ApiError(status, actual.message(), type, param, code));
    }

    /** Anthropic's documented types by status. */
    @ParameterizedTest
    @CsvSource({
        "400, 400, invalid_request_error",
        "401, 401, authentication_error",
        "402, 402, billing_error",
        "403, 403, permission_error",
        "404, 404, not_found_error",
        "405, 405, invalid_request_error",
        "413, 413, request_too_large",
        "429, 429, rate_limit_error",
        "500, 500, api_error",
        "502, 502, api_error",
        "503, 503, api_error",
        "504, 504, timeout_error",
    })
    void anthropicsClientsAreToldATypeThatGoesWithTheStatus(int status, int told, String type) {
        ApiError error = new ApiError(status, "Why.", "any_type", null, "any_code");

        assertThat(error.status(Provider.ANTHROPIC)).isEqualTo(told);
        assertThat(WireFiles.text(error.toJson(Provider.ANTHROPIC)))
                .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"Why.\"}}");
    }

    @Test
    void nobodyHealthyIsAnOverloadForAnthropicsClients() {
        ApiError error = ApiError.noHealthyEndpoint("None.");

        assertThat(error.status(Provider.OPENAI)).isEqualTo(503);
        assertThat(error.status(Provider.ANTHROPIC)).isEqualTo(529);
        assertThat(WireFiles.json(error.toJson(Provider.ANTHROPIC)).at("/error/type").asText())
                .isEqualTo("overloaded_error");
    }

    @Test
    void theFieldAtFaultIsInTheMessageWhereThereIsNoOtherPlaceForIt() {
        assertThat(messageForAnthropic(ApiError.unsupported("top_k", "No equivalent.")))
                .isEqualTo("top_k: No equivalent.");
        assertThat(messageForAnthropic(ApiError.unsupported("top_k", "'top_k' has none.")))
                .isEqualTo("'top_k' has none.");
    }

    /** Claude Code looks for the first words, and for the figures in those of Anthropic's own. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Your input exceeds the context window.              | prompt is too long: Your input exceeds the context window.",
        "prompt is too long: 210000 tokens > 200000 maximum  | prompt is too long: 210000 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000"
                + " | input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000",
    })
    void aPromptThatIsTooLongIsToldInWordsThatAnthropicsClientsKnow(String message, String told) {
        ApiError error = new ApiError(400, message, "invalid_request_error", null, "context_length_exceeded");

        assertThat(messageForAnthropic(error)).isEqualTo(told);
    }

    private static String messageForAnthropic(ApiError error) {
        return WireFiles.json(error.toJson(Provider.ANTHROPIC)).at("/error/message").asText();
    }
}
