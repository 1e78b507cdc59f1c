package ailb.protocol;

import static ailb.protocol.WireFiles.json;
import static ailb.protocol.WireFiles.text;
import static ailb.protocol.WireFiles.utf8;
import static ailb.protocol.WireFiles.valid;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chats at endpoints of OpenAI's protocol: what a host refuses of their messages is not sent there. */
class PassedOnChatTest {

    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com/v1,                    false",
        "https://my-resource.openai.azure.com/openai/v1, false",
        "https://api.groq.com/openai/v1,               false",
        "https://api.mistral.ai/v1,                    false",
        "https://api.deepseek.com/v1,                  true",
        "https://notgroq.com/v1,                       true",
        "http://127.0.0.1:8000/v1,                     true",
    })
    void thoughtsGoBackToHostsThatTakeThem(String baseUrl, boolean takesThem) {
        JsonNode message = sent(baseUrl, WireFiles.bytes("anthropic/requests/thinking/openai.json")).at("/messages/1");

        assertThat(message.has("reasoning_content")).isEqualTo(takesThem);
        assertThat(message.has("thinking_blocks")).isFalse();
        assertThat(message.fieldNames()).toIterable().contains("role", "content", "refusal", "tool_calls");
    }

    @Test
    void notAByteOfTheRestDiffers() {
        String rest = "{ \"seed\":1.10E+2,\"model\":\"m\",\"x\":\"\\u00e9\",\"messages\":%s, \"n\" : 1}";
        ChatRequest request = valid(rest.formatted(
                "[{\"role\":\"user\",\"content\":\"a\"},"
                        + "{\"role\":\"assistant\",\"content\":\"b\",\"thinking_blocks\":[]}]"));

        assertThat(text(request.at(endpoint("https://provider.test/v1"), "key").body()))
                .isEqualTo(rest.formatted(
                        "[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://api.openai.com/v1", "https://api.mistral.ai/v1", "https://provider.test/v1"})
    void streamsLoseTheirThoughtsToo(String baseUrl) {
        JsonNode sent = sent(baseUrl, utf8("""
                {"model":"m","stream":true,"stream_options":{},"messages":[{"role":"user","content":"a"},
                 {"role":"assistant","content":"b","thinking_blocks":[]}]}"""));

        assertThat(sent.at("/messages/1")).isEqualTo(json(utf8("{\"role\":\"assistant\",\"content\":\"b\"}")));
        assertThat(sent.at("/stream_options/include_usage").asBoolean()).isEqualTo(!baseUrl.contains("mistral"));
    }

    /** As Mistral answers: "must be a-z, A-Z, 0-9, with a length of 9". */
    @Test
    void callsAndResultsHaveIdsOfNineCharactersAtMistral() {
        byte[] chat = utf8("""
                {"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[
                  {"id":"toolu_01CswdEQBMshySk6Y9DFKrfq","type":"function","function":{"name":"f","arguments":"{}"}},
                  {"id":"D681PevKs","type":"function","function":{"name":"f","arguments":"{}"}},"x"]},
                 {"role":"tool","tool_call_id":"D681PevKs","content":"b"},
                 {"role":"tool","tool_call_id":"toolu_01CswdEQBMshySk6Y9DFKrfq","content":"c"}]}""");

        JsonNode messages = sent("https://api.mistral.ai/v1", chat).path("messages");

        assertThat(messages.at("/1/tool_calls/0/id").asText())
                .matches("[a-zA-Z0-9]{9}")
                .isEqualTo(messages.at("/3/tool_call_id").asText());
        assertThat(messages.at("/1/tool_calls/0/function/name").asText()).isEqualTo("f");
        assertThat(messages.at("/1/tool_calls/1/id").asText())
                .isEqualTo("D681PevKs")
                .isEqualTo(messages.at("/2/tool_call_id").asText());
        assertThat(sent("https://provider.test/v1", chat)).isEqualTo(json(chat));
    }

    private static JsonNode sent(String baseUrl, byte[] chat) {
        return json(valid(chat).at(endpoint(baseUrl), "key").body());
    }

    private static Endpoint endpoint(String baseUrl) {
        return WireFiles.endpoint(Provider.OPENAI, baseUrl, "m");
    }
}
