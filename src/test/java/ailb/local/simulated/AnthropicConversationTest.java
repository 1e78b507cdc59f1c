package ailb.local.simulated;

import static ailb.local.simulated.Sender.ANTHROPIC_CHAT;
import static ailb.local.simulated.Sender.events;
import static ailb.local.simulated.Sender.json;
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

/** What Anthropic's models do besides talking. */
class AnthropicConversationTest {

    private static final String USER = "{\"role\":\"user\",\"content\":\"Hi\"}";
    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}";
    private static final String TOOL = "\"tools\":[{\"name\":\"weather\",\"input_schema\":" + SCHEMA + "}]";
    private static final String THINKING = "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}";

    private SimulatedProvider provider;
    private Sender sender;

    @BeforeEach
    void start() throws IOException {
        SteppedClock clock = new SteppedClock();
        provider = SimulatedProvider.anthropic("sim", 10_000, 1_000_000, 1_000_000, clock, new Random(1));
        provider.setLatency(Duration.ZERO, Duration.ZERO);
        sender = new Sender(provider);
    }

    @AfterEach
    void close() {
        provider.close();
    }

    private JsonNode message(String messages, String more) throws IOException {
        return json(sender.anthropic(body(messages, more)));
    }

    private static String body(String messages, String more) {
        return "{\"model\":\"simulated-claude\",\"max_tokens\":2000,\"messages\":[" + messages + "]," + more + "}";
    }

    @Test
    void callsAToolAndQuotesWhatItSays() throws IOException {
        JsonNode first = message(USER, TOOL);

        assertThat(first.path("stop_reason").textValue()).isEqualTo("tool_use");
        assertThat(first.at("/content/0/input").toString()).isEqualTo("{\"city\":\"city\"}");
        JsonNode second = message(turns(first, first.at("/content/0/id").textValue()), TOOL);
        assertThat(second.at("/content/0/text").textValue()).endsWith("The tools said: \"sunny\"");
    }

    private static String turns(JsonNode first, String resultOf) {
        return USER + ",{\"role\":\"assistant\",\"content\":" + first.path("content") + "},{\"role\":\"user\","
                + "\"content\":[{\"type\":\"tool_result\",\"content\":\"sunny\",\"tool_use_id\":\"" + resultOf
                + "\"}]}";
    }

    @Test
    void aResultNeedsItsCallAndACallItsResult() throws IOException {
        JsonNode first = message(USER, TOOL);

        assertThat(message(turns(first, "toolu_other"), TOOL).at("/error/message").textValue())
                .contains("unexpected `tool_use_id`");
        assertThat(message(turns(first, "x").replaceFirst("\\{\"type\":\"tool_result\".*",
                "{\"type\":\"text\",\"text\":\"x\"}]}"), TOOL).at("/error/message").textValue())
                .contains("without `tool_result` blocks immediately after: " + first.at("/content/0/id").textValue());
    }

    @Test
    void aMessageIsStreamedInTheDocumentedOrder() throws Exception {
        List<JsonNode> events = events(sender.anthropic(body(USER, "\"stream\":true," + THINKING)));

        assertThat(events.stream()
                .map(event -> event.path("type").textValue()
                        + event.at("/delta/type").asText())
                .distinct()).containsExactly(
                        "message_start", "content_block_start", "content_block_deltathinking_delta",
                        "content_block_deltasignature_delta", "content_block_stop", "ping",
                        "content_block_deltatext_delta", "message_delta", "message_stop");
        assertThat(events.getFirst().at("/message/content")).isEmpty();
        assertThat(events.getFirst().at("/message/usage/input_tokens").intValue()).isEqualTo(1);
        JsonNode end = events.get(events.size() - 2);
        assertThat(end.at("/delta/stop_reason").textValue()).isEqualTo("end_turn");
        assertThat(end.at("/usage/output_tokens").intValue()).isGreaterThan(10);
    }

    @Test
    void aStreamedCallComesInFragmentsThatMakeTheSameInput() throws Exception {
        List<JsonNode> events = events(sender.anthropic(body(USER, "\"stream\":true," + TOOL)));

        assertThat(events.stream().map(event -> event.at("/delta/partial_json").asText()).collect(Collectors.joining()))
                .isEqualTo("{\"city\":\"city\"}");
    }

    @Test
    void takesBackItsOwnThoughtsAndNoOthers() throws IOException {
        String turn = message(USER, THINKING).path("content").toString();
        String messages = USER + ",{\"role\":\"assistant\",\"content\":" + turn + "}," + USER;

        assertThat(message(messages, THINKING).path("type").textValue()).isEqualTo("message");
        assertThat(message(messages.replace(Thought.TEXT, "Changed."), THINKING).at("/error/message").textValue())
                .contains("Invalid `signature` in `thinking` block");
    }

    @Test
    void answersInTheFormThatIsAskedFor() throws IOException {
        String format = "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":" + SCHEMA + "}}";

        assertThat(message(USER, format).at("/content/0/text").textValue()).isEqualTo("{\"city\":\"city\"}");
    }

    @Test
    void countsTokensAsAMessageDoesAndForNothing() throws IOException {
        String body = body(USER, TOOL).replace("\"max_tokens\":2000,", "");
        JsonNode count = json(sender.anthropic("/v1/messages/count_tokens", body));
        assertThat(provider.status().at("/remaining/requests").longValue()).isEqualTo(10_000);

        assertThat(count.path("input_tokens")).isEqualTo(message(USER, TOOL).at("/usage/input_tokens"));
        assertThat(sender.anthropic("/v1/messages/count_tokens", ANTHROPIC_CHAT).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "{'role':'user','content':''}                                        | 'top_k':1               | messages: text content blocks must be non-empty",
        "{'role':'assistant','content':'x'}                                  | 'top_k':1               | messages: first message must use",
        "{'role':'user','content':[{'type':'image_url','image_url':{}}]}     | 'top_k':1               | messages.0.content.0: Input tag 'image_url'",
        "{'role':'user','content':[{'type':'image','source':{'type':'base64','media_type':'image/png','data':'?'}}]} | 'top_k':1 | messages.0.content.0.image.source.base64.data",
        "{'role':'user','content':'x'}                                       | 'stop':['x']            | stop: Extra inputs are not permitted",
        "{'role':'user','content':'x'}                                       | 'tool_choice':{'type':'any'} | tool_choice: tool_choice may only be specified",
        "{'role':'user','content':'x'}                                       | 'tools':[{'name':'a'}]  | tools.0.custom.input_schema: Field required",
        "{'role':'user','content':'x'}                                       | 'thinking':{'type':'enabled','budget_tokens':1000} | thinking.enabled.budget_tokens",
        "{'role':'user','content':'x'}                                       | 'thinking':{'type':'enabled','budget_tokens':2000} | `max_tokens` must be greater"})
    void whatAnthropicRefusesIsRefused(String messages, String more, String message) throws IOException {
        JsonNode answer = message(messages.replace('\'', '"'), more.replace('\'', '"'));

        assertThat(answer.at("/error/type").textValue()).isEqualTo("invalid_request_error");
        assertThat(answer.at("/error/message").textValue()).startsWith(message);
    }
}
