package ailb.local.simulated;

import static ailb.local.simulated.Sender.events;
import static ailb.local.simulated.Sender.json;
import static ailb.local.simulated.Sender.stream;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What OpenAI's models do besides talking, in chats, responses and embeddings. */
class OpenAiConversationTest {

    private static final String USER = "{\"role\":\"user\",\"content\":\"Hi\"}";
    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}";
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\","
            + "\"parameters\":" + SCHEMA + "}},{\"type\":\"function\",\"function\":{\"name\":\"time\"}}]";
    private static final String FLAT_TOOL =
            "\"tools\":[{\"type\":\"function\",\"name\":\"weather\",\"parameters\":" + SCHEMA + "}]";

    private SimulatedProvider provider;
    private Sender sender;

    @BeforeEach
    void start() throws IOException {
        provider = SimulatedProvider.openAi("sim", 10_000, 1_000_000, new SteppedClock(), new Random(1));
        provider.setLatency(Duration.ZERO, Duration.ZERO);
        sender = new Sender(provider);
    }

    @AfterEach
    void close() {
        provider.close();
    }

    private JsonNode chat(String messages, String more) throws IOException {
        return json(sender.openAi(chatBody(messages, more)));
    }

    private static String chatBody(String messages, String more) {
        return "{\"model\":\"simulated-gpt\",\"messages\":[" + messages + "]" + (more.isEmpty() ? "" : "," + more)
                + "}";
    }

    private static String responseBody(String input, String more) {
        return "{\"model\":\"simulated-gpt\",\"input\":" + input + (more.isEmpty() ? "" : "," + more) + "}";
    }

    @Test
    void callsEachToolOnceAndQuotesWhatTheySay() throws IOException {
        JsonNode first = chat(USER, TOOLS);
        JsonNode message = first.at("/choices/0/message");

        assertThat(first.at("/choices/0/finish_reason").textValue()).isEqualTo("tool_calls");
        assertThat(message.path("content").isNull()).isTrue();
        assertThat(message.at("/tool_calls/0/function/name").textValue()).isEqualTo("weather");
        assertThat(message.at("/tool_calls/0/function/arguments").textValue()).isEqualTo("{\"city\":\"city\"}");
        assertThat(message.at("/tool_calls/1/function/arguments").textValue()).isEqualTo("{}");

        String results = message.path("tool_calls")
                .valueStream()
                .map(call -> "{\"role\":\"tool\",\"tool_call_id\":" + call.path("id") + ",\"content\":\"fine\"}")
                .collect(Collectors.joining(","));
        assertThat(chat(USER + "," + message + "," + results, TOOLS).at("/choices/0/message/content").textValue())
                .endsWith("The tools said: \"fine\", \"fine\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"tool_choice\":\"required\"                                                  | weather,time",
        "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"time\"}}      | time",
        "\"parallel_tool_calls\":false                                                 | weather",
        "\"tool_choice\":\"none\"                                                      | ''"})
    void callsWhatTheCallerChose(String choice, String called) throws IOException {
        List<String> names = chat(USER, TOOLS + "," + choice).at("/choices/0/message/tool_calls")
                .valueStream()
                .map(call -> call.at("/function/name").textValue())
                .toList();

        assertThat(String.join(",", names)).isEqualTo(called);
    }

    @Test
    void aStreamedCallComesInFragmentsThatMakeTheSameArguments() throws Exception {
        List<JsonNode> events = events(sender.openAi(chatBody(USER, "\"stream\":true," + TOOLS)));
        String arguments = events.stream()
                .flatMap(event -> event.at("/choices/0/delta/tool_calls").valueStream())
                .filter(call -> call.path("index").intValue() == 0)
                .map(call -> call.at("/function/arguments").textValue())
                .collect(Collectors.joining());

        assertThat(arguments).isEqualTo("{\"city\":\"city\"}");
        assertThat(events.getLast().at("/choices/0/finish_reason").textValue()).isEqualTo("tool_calls");
        assertThat(events).noneMatch(event -> event.has("usage"));
    }

    @Test
    void theUsageIsAnEventOfItsOwnWhereItIsAskedFor() throws Exception {
        String body = chatBody(USER, "\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        List<JsonNode> events = events(sender.openAi(body));

        assertThat(events.getLast().path("choices")).isEmpty();
        assertThat(events.getLast().at("/usage/prompt_tokens").intValue()).isEqualTo(1);
        assertThat(events.subList(0, events.size() - 1)).allMatch(event -> event.path("usage").isNull());
        assertThat(stream(sender.openAi(body))).endsWith("data: [DONE]\n\n");
    }

    @Test
    void answersInTheFormThatIsAskedFor() throws IOException {
        String format = "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"place\",\"schema\":"
                + SCHEMA + "}}";

        assertThat(chat(USER, format).at("/choices/0/message/content").textValue()).isEqualTo("{\"city\":\"city\"}");
    }

    @Test
    void countsImages() throws IOException {
        String images = "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":"
                + "\"data:image/png;base64,iVBORw==\"}},{\"type\":\"image_url\",\"image_url\":{\"url\":"
                + "\"https://example.com/a.png\"}}]}";
        JsonNode answer = chat(images, "\"temperature\":1");

        assertThat(answer.at("/choices/0/message/content").textValue()).endsWith("I see 2 images.");
        assertThat(answer.at("/usage/prompt_tokens").intValue()).isEqualTo(170);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'role':'robot','content':'x'}                                           | 'n':1                         | Invalid value: 'robot'",
        "{'role':'user','content':null}                                           | 'n':1                         | Invalid value for 'content'",
        "{'role':'user','content':[{'type':'image','source':{}}]}                 | 'n':1                         | Invalid value: 'image'",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/png;base64,?'}}]} | 'n':1   | Invalid base64",
        "{'role':'tool','tool_call_id':'c','content':'x'}                         | 'n':1                         | Invalid parameter: messages with role 'tool'",
        "{'role':'assistant','tool_calls':[{'id':'c'}]},{'role':'user','content':'x'} | 'n':1                     | An assistant message with 'tool_calls'",
        "{'role':'user','content':'x'}                                            | 'tool_choice':'auto'          | 'tool_choice' is only allowed",
        "{'role':'user','content':'x'}                                            | 'stream_options':{'include_usage':true} | The 'stream_options'",
        "{'role':'user','content':'x'}                                            | 'max_tokens':0                | Invalid 'max_tokens'",
        "{'role':'user','content':'x'}                                            | 'stop_sequences':['x']        | Unrecognized request argument supplied: stop_sequences",
        "{'role':'user','content':'x'}                                            | 'response_format':{'type':'json_schema'} | Missing required parameter: 'response_format.json_schema.name'",
        "{'role':'user','content':'x'}                                            | 'tools':[{'type':'function','function':{'name':'a b'}}] | Invalid 'tools[0].function.name'"},
            quoteCharacter = '~')
    void whatOpenAiRefusesIsRefused(String messages, String more, String message) throws IOException {
        JsonNode answer = chat(messages.replace('\'', '"'), more.replace('\'', '"'));

        assertThat(answer.at("/error/type").textValue()).isEqualTo("invalid_request_error");
        assertThat(answer.at("/error/message").textValue()).startsWith(message);
    }

    @Test
    void aResponseIsStreamedInTheDocumentedOrder() throws Exception {
        List<JsonNode> events = events(sender.openAi("/v1/responses", responseBody("\"Hi\"", "\"stream\":true")));

        assertThat(events.stream().map(event -> event.path("type").textValue()).distinct()).containsExactly(
                "response.created", "response.in_progress", "response.output_item.added",
                "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).path("sequence_number").intValue()).isEqualTo(i);
        }
        String text = events.stream().map(event -> event.path("delta").asText()).collect(Collectors.joining());
        assertThat(events.getLast().at("/response/output/0/content/0/text").textValue())
                .isEqualTo(text)
                .endsWith("You said: \"Hi\"");
    }

    @Test
    void aCallIsStreamedInTheDocumentedOrder() throws Exception {
        List<JsonNode> events =
                events(sender.openAi("/v1/responses", responseBody("\"Hi\"", "\"stream\":true," + FLAT_TOOL)));

        assertThat(events.stream().map(event -> event.path("type").textValue()).distinct()).containsExactly(
                "response.created", "response.in_progress", "response.output_item.added",
                "response.function_call_arguments.delta", "response.function_call_arguments.done",
                "response.output_item.done", "response.completed");
    }

    @Test
    void aLaterResponseRefersToWhatIsStoredHereAndToNothingElse() throws IOException {
        JsonNode first = json(sender.openAi("/v1/responses", responseBody("\"Hi\"", FLAT_TOOL)));
        String result = "[{\"type\":\"function_call_output\",\"output\":\"sunny\",\"call_id\":"
                + first.at("/output/0/call_id") + "}]";
        String previous = "\"previous_response_id\":" + first.path("id");

        assertThat(json(sender.openAi("/v1/responses", responseBody(result, previous))).at("/output/0/content/0/text")
                .textValue()).endsWith("The tools said: \"sunny\"");
        assertThat(json(sender.openAi("/v1/responses", responseBody(result, "\"store\":true"))).at("/error/message")
                .textValue()).startsWith("No tool call found");
        assertThat(json(sender.openAi("/v1/responses", responseBody("\"Hi\"", "\"previous_response_id\":\"other\"")))
                .at("/error/code")
                .textValue()).isEqualTo("previous_response_not_found");
        assertThat(sender.openAi("/v1/responses", responseBody(
                "[{\"type\":\"item_reference\",\"id\":\"other\"}]", "\"store\":true")).status()).isEqualTo(404);
    }

    @Test
    void embeddingsHaveLengthOneAndAreTheSameForTheSameText() throws IOException {
        JsonNode several = embeddings("[\"a\",\"b\",\"a\"]");
        double squares = several.at("/data/0/embedding")
                .valueStream()
                .mapToDouble(number -> number.doubleValue() * number.doubleValue())
                .sum();

        assertThat(squares).isBetween(0.999_999, 1.000_001);
        assertThat(several.at("/data/2/embedding")).isEqualTo(several.at("/data/0/embedding"));
        assertThat(several.at("/data/1/embedding")).isNotEqualTo(several.at("/data/0/embedding"));
        assertThat(embeddings("[[1,2,3],[4]]").at("/usage/prompt_tokens").intValue()).isEqualTo(4);
        assertThat(embeddings("[]").at("/error/message").textValue()).startsWith("'$.input' is invalid");
    }

    private JsonNode embeddings(String input) throws IOException {
        return json(sender.openAi("/v1/embeddings", responseBody(input, "")));
    }
}
