package ailb.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.Usage;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies as in OpenAI's reference of the embeddings and the responses API. */
class PassedThroughRequestTest {

    private static final Endpoint ENDPOINT = Endpoints.openAi("a", Endpoints.unlimited());

    @Test
    void embeddingsGoOutAsTheyCameButForTheModel() {
        ModelRequest request = valid(RequestKind.EMBEDDINGS, """
                {"input" : "The food was  delicious", "model":"chat","dimensions":1E3,"x":9007199254740993}""");

        ProviderRequest call = request.at(ENDPOINT, "key");

        assertThat(call.uri()).hasToString(ENDPOINT.baseUrl() + "/embeddings");
        assertThat(call.headers()).containsEntry("authorization", "Bearer key");
        assertThat(call.body()).asString(UTF_8)
                .isEqualTo("""
                {"input" : "The food was  delicious", "model":"%s","dimensions":1E3,"x":9007199254740993}"""
                        .formatted(ENDPOINT.modelId()));
        assertThat(request.promptCharacters()).isEqualTo(23);
        assertThat(request.maxTokens()).isEqualTo(OptionalLong.of(0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"model\":\"m\",\"input\":[\"ab\",\"cdefg\"]}       | 9",
        "{\"model\":\"m\",\"input\":[1212, 318, 257]}         | 12",
        "{\"model\":\"m\",\"input\":[[1212], [318, 257]]}     | 12",
    })
    void promptsAreCountedInEveryFormThereIs(String body, long characters) {
        assertThat(valid(RequestKind.EMBEDDINGS, body).promptCharacters()).isEqualTo(characters);
    }

    @Test
    void anImageInBase64IsNoText() {
        assertThat(valid(RequestKind.RESPONSES, """
                {"model":"m","input":[{"role":"user","content":"Brighter"},
                 {"type":"image_generation_call","id":"ig_1","status":"completed","result":"iVBORw0KGgo"}]}""")
                .promptCharacters()).isEqualTo("Brighter".length());
    }

    @Test
    void answersComeBackAsTheyAreAndTellTheirUsage() {
        ModelRequest embeddings = valid(RequestKind.EMBEDDINGS, "{\"model\":\"m\",\"input\":\"x\"}");
        String embedded = """
                {"object":"list","data":[{"object":"embedding","embedding":[0.0023064255,-0.009327292],"index":0}],\
                "model":"text-embedding-ada-002","usage":{"prompt_tokens":8,"total_tokens":8}}""";
        ModelRequest responses = valid(RequestKind.RESPONSES, "{\"model\":\"m\",\"input\":\"x\"}");
        String responded = """
                {"id":"resp_1","object":"response","output":[{"type":"message","content":[]}],"usage":\
                {"input_tokens":36,"input_tokens_details":{"cached_tokens":30},"output_tokens":87,\
                "output_tokens_details":{"reasoning_tokens":7},"total_tokens":123}}""";

        assertThat(answer(embeddings, embedded).body()).asString(UTF_8).isEqualTo(embedded);
        assertThat(answer(embeddings, embedded).usage()).isEqualTo(new Usage(8, 0, 0, 0));
        assertThat(answer(responses, responded).body()).asString(UTF_8).isEqualTo(responded);
        assertThat(answer(responses, responded).usage()).isEqualTo(new Usage(36, 87, 30, 7));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", value = {
        "404 | null                        | Item with id 'msg_1' not found.              | true",
        "400 | previous_response_not_found | Previous response with id 'resp_1' not found. | true",
        "400 | invalid_encrypted_content   | The encrypted content gAAA could not be verified. | true",
        "400 | null                        | No tool output found for function call c.    | false",
    })
    void whatOneAccountHasNotStoredAnotherMayHave(int status, String code, String message, boolean retryable) {
        ApiError error = new ApiError(status, message, "invalid_request_error", "input", code);
        String body = new String(error.toJson(Provider.OPENAI), UTF_8);

        assertThat(read(valid(RequestKind.RESPONSES, "{\"model\":\"m\",\"input\":\"x\"}"), status, body))
                .isInstanceOfSatisfying(ProviderReply.Failure.class, failure -> {
                    assertThat(failure.failure()).isEqualTo(FailureClass.CALLER_FAULT);
                    assertThat(failure.retryable()).isEqualTo(retryable);
                });
    }

    /** It speaks of the account that was asked. */
    @ParameterizedTest
    @ValueSource(strings = {"previous_response_not_found", "invalid_encrypted_content"})
    void noWordAgainstAskingAgainKeepsItFromOtherAccounts(String code) {
        ApiError error = new ApiError(400, "Not here.", "invalid_request_error", "input", code);

        assertThat(valid(RequestKind.RESPONSES, "{\"model\":\"m\",\"input\":\"x\"}")
                .read(Provider.OPENAI, 400, new Headers(Map.of("x-should-retry", "false")),
                        error.toJson(Provider.OPENAI), WireFiles.NOW))
                .isInstanceOfSatisfying(
                        ProviderReply.Failure.class, failure -> assertThat(failure.retryable()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"data\":1}", "<html>", "{\"output\":\"x\"}"})
    void whatIsNoAnswerIsAFaultOfTheEndpoint(String body) {
        for (RequestKind kind : new RequestKind[]{RequestKind.EMBEDDINGS, RequestKind.RESPONSES}) {
            assertThat(read(valid(kind, "{\"model\":\"m\",\"input\":\"x\"}"), 200, body))
                    .isInstanceOfSatisfying(
                            ProviderReply.Failure.class,
                            failure -> assertThat(failure.failure()).isEqualTo(FailureClass.TRANSPORT));
        }
    }

    @Test
    void aRefusalOfTheCallersIsPassedOnInTheProvidersWords() {
        String refusal = "{\"error\":{\"message\":\"bad dimensions\",\"type\":\"invalid_request_error\"}}";

        assertThat(read(valid(RequestKind.EMBEDDINGS, "{\"model\":\"m\",\"input\":\"x\"}"), 400, refusal))
                .isInstanceOfSatisfying(ProviderReply.Failure.class, failure -> {
                    assertThat(failure.failure()).isEqualTo(FailureClass.CALLER_FAULT);
                    assertThat(failure.passOn()).asString(UTF_8).isEqualTo(refusal);
                });
    }

    @Test
    void onlyEndpointsOfOpenAisProtocolCanServeThem() {
        ModelRequest request = valid(RequestKind.RESPONSES, "{\"model\":\"m\",\"input\":\"x\"}");

        assertThat(request.unsupportedAt(Provider.OPENAI)).isEmpty();
        assertThat(request.unsupportedAt(Provider.ANTHROPIC)).contains("/v1/responses");
    }

    @Test
    void theBoundOfAResponseIsKnownAndItsImagesWeighWhatProvidersTakeForThem() {
        ModelRequest request = valid(RequestKind.RESPONSES,
                """
                {"model":"m","max_output_tokens":50,"instructions":"Be brief","input":[{"role":"user","content":[\
                {"type":"input_text","text":"Hi!"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}]}""");

        assertThat(request.maxTokens()).isEqualTo(OptionalLong.of(50));
        assertThat(request.promptCharacters()).isEqualTo("Be brief".length() + "Hi!".length() + 6_000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        // What no model reads.
        "{`type`:`reasoning`,`id`:`rs_1`,`summary`:[],`encrypted_content`:`gAAAAABoISQ24OyVRYbkYfukdJoqdzWT`} | 0",
        "{`type`:`function_call_output`,`call_id`:`call_1`,`output`:`12 degrees`}                            | 10",
        "{`type`:`function_call`,`call_id`:`call_1`,`name`:`get`,`arguments`:`{}`,`status`:`completed`}      | 5",
        // Images and files, wherever they are.
        "{`type`:`function_call_output`,`output`:[{`type`:`input_image`,`image_url`:`data:image/png;base64`}]} | 6000",
        "{`role`:`user`,`content`:[{`type`:`input_file`,`file_data`:`data:application/pdf;base64,JVBERi0`}]} | 9000",
        "{`role`:`user`,`content`:`data: what is that?`}                                                     | 19",
    })
    void anItemOfAResponseWeighsWhatAModelReadsOfIt(String item, long characters) {
        String body = "{\"model\":\"m\",\"input\":[%s]}".formatted(item.replace('`', '"'));

        assertThat(valid(RequestKind.RESPONSES, body).promptCharacters()).isEqualTo(characters);
    }

    @Test
    void theToolsOfAResponseWeighWhatTheirSchemasDo() {
        String tools = "[{\"type\":\"function\",\"name\":\"get\",\"parameters\":{\"type\":\"object\"}}]";
        String body = "{\"model\":\"m\",\"input\":\"x\",\"tools\":%s}".formatted(tools);

        assertThat(valid(RequestKind.RESPONSES, body).promptCharacters()).isEqualTo(1 + tools.length());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "EMBEDDINGS | {\"input\":\"x\"}                                       | model",
        "EMBEDDINGS | {\"model\":\"m\"}                                       | input",
        "EMBEDDINGS | {\"model\":\"m\",\"input\":[]}                          | input",
        "EMBEDDINGS | {\"model\":\"m\",\"input\":7}                           | input",
        "RESPONSES  | {\"input\":\"x\"}                                       | model",
        "RESPONSES  | {\"model\":\"m\",\"input\":\"x\",\"max_output_tokens\":0} | max_output_tokens",
        "RESPONSES  | {\"model\":\"m\",\"input\":\"x\",\"stream\":1}          | stream",
        "RESPONSES  | {\"model\":\"m\",\"input\":\"x\",\"background\":true}   | background",
    })
    void whatIsWrongIsRefusedByName(RequestKind kind, String body, String field) {
        assertThat(ModelRequest.parse(kind, Headers.NONE, body.getBytes(UTF_8))).isInstanceOfSatisfying(
                Parsed.Invalid.class, invalid -> {
                    assertThat(invalid.error().status()).isEqualTo(400);
                    assertThat(invalid.error().param()).isEqualTo(field);
                });
    }

    private static ModelRequest valid(RequestKind kind, String body) {
        return ((Parsed.Valid) ModelRequest.parse(kind, Headers.NONE, body.getBytes(UTF_8))).request();
    }

    private static ProviderReply.Answer answer(ModelRequest request, String body) {
        return (ProviderReply.Answer) read(request, 200, body);
    }

    private static ProviderReply read(ModelRequest request, int status, String body) {
        return request.read(
                Provider.OPENAI, status, new Headers(Map.of()), body.getBytes(UTF_8), Instant.ofEpochSecond(0));
    }
}
