package ailb.protocol;

import static ailb.protocol.WireFiles.NOW;
import static ailb.protocol.WireFiles.json;
import static ailb.protocol.WireFiles.messages;
import static ailb.protocol.WireFiles.text;
import static ailb.protocol.WireFiles.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.Usage;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Anthropic's clients at Anthropic's endpoints: what they say is passed through. */
class MessagesAtAnthropicTest {

    private static final Endpoint ENDPOINT =
            WireFiles.endpoint(Provider.ANTHROPIC, "https://api.anthropic.com", "claude-sonnet-4-5");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":@,\"max_tokens\":7,MESSAGES}",
                " {\n\t\"max_tokens\" : 7 , MESSAGES, \"model\" :\r\n @ }\n ",
                "{MESSAGES,\"max_tokens\":7,\"x\":123456789012345678901234567890,\"y\":1.10E+2,\"z\":-0.0,\"model\":@}",
                "{\"model\":@,\"metadata\":{\"model\":\"chat\"},MESSAGES,\"max_tokens\":7,\"é😀\":\"\\ud800 \\u00e9\\/\"}",
                "{\"model\":@,\"max_tokens\":7,MESSAGES,\"top_k\":5,\"container\":{\"skills\":[]},\"a_field_of_tomorrow\":[1e400]}",
            })
    void onlyTheModelIsReplaced(String template) {
        String body = template.replace("MESSAGES", "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
                + "\"text\":\"Hi\"}]},{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"\","
                + "\"signature\":\"c2ln\"},{\"type\":\"text\",\"text\":\"a\\ud800\"}]}]");
        MessagesRequest request = messages(utf8(body.replace("@", "\"chat\"")));

        assertThat(request.unsupportedAt(Provider.ANTHROPIC)).isEmpty();
        assertThat(text(request.at(ENDPOINT, "key").body()))
                .isEqualTo(body.replace("@", "\"claude-sonnet-4-5\""));
    }

    @ParameterizedTest
    @EnumSource(value = RequestKind.class, names = {"MESSAGES", "COUNT_TOKENS"})
    void betasThatTheCallerNamesGoAlong(RequestKind kind) {
        Headers headers = new Headers(Map.of("Anthropic-Beta", "context-1m-2025-08-07,x", "x-other", "1"));
        byte[] body = utf8("{\"model\":\"m\",\"max_tokens\":7,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        ModelRequest request = ((Parsed.Valid) ModelRequest.parse(kind, headers, body)).request();

        assertThat(request.at(ENDPOINT, "key").headers())
                .containsEntry("anthropic-beta", "context-1m-2025-08-07,x")
                .containsEntry("x-api-key", "key")
                .doesNotContainKey("x-other");
        assertThat(request.at(ENDPOINT, "key").uri().getPath()).isEqualTo(kind.path());
    }

    /** Anthropic refuses a thought that it did not sign; those of others would make it refuse all the rest. */
    @ParameterizedTest
    @EnumSource(value = RequestKind.class, names = {"MESSAGES", "COUNT_TOKENS"})
    void thoughtsOfOthersAreTakenOut(RequestKind kind) {
        byte[] body = utf8("""
                {"model":"m","max_tokens":7,"messages":[
                 {"role":"user","content":"Hi"},
                 {"role":"assistant","content":[{"type":"thinking","thinking":"Cut o","signature":""}]},
                 {"role":"user","content":"Go on"},
                 {"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":""},
                   {"type":"thinking","thinking":"y"},
                   {"type":"thinking","thinking":"signed","signature":"c2ln"},
                   {"type":"tool_use","id":"a","name":"f","input":{"z":1.10,"b":12345678901234567890}}]},
                 {"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}],"k":1}],
                 "temperature":1.0}""");
        ModelRequest request = ((Parsed.Valid) ModelRequest.parse(kind, Headers.NONE, body)).request();

        String sent = text(request.at(ENDPOINT, "key").body());

        assertThat(sent).isEqualTo(json(utf8("""
                {"model":"claude-sonnet-4-5","max_tokens":7,"messages":[
                 {"role":"user","content":"Hi"},
                 {"role":"user","content":"Go on"},
                 {"role":"assistant","content":[
                   {"type":"thinking","thinking":"signed","signature":"c2ln"},
                   {"type":"tool_use","id":"a","name":"f","input":{"z":1.10,"b":12345678901234567890}}]},
                 {"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}],"k":1}],
                 "temperature":1.0}""")).toString());
        assertThat(text(request.at(ENDPOINT, "key").body())).isEqualTo(sent);
    }

    @Test
    void answerComesBackAsItIs() {
        byte[] body = WireFiles.bytes("anthropic/replies/thinking/anthropic.json");
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/single-turn/anthropic.json"));

        ProviderReply.Answer answer =
                (ProviderReply.Answer) request.read(Provider.ANTHROPIC, 200, Headers.NONE, body, NOW);

        assertThat(answer.body()).isSameAs(body);
        assertThat(answer.usage()).isEqualTo(new Usage(1240, 2820, 1000, 1240));
    }
}
