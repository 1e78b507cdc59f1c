package ailb.protocol;

import static ailb.protocol.WireFiles.messages;
import static ailb.protocol.WireFiles.utf8;
import static ailb.protocol.WireFiles.valid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesSizeTest {

    /** OpenAI writes about 40 characters around a function that Anthropic does not, and 50 around a schema. */
    private static final long FRAME = 60;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "single-turn", "all-parameters", "cache-marks", "tools", "tool-results", "merged-turns", "media",
                "json-schema",
            })
    void sameConversationIsAsLongInBothProtocols(String name) {
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/" + name + "/anthropic.json"));
        ChatRequest chat = valid(WireFiles.bytes("openai/requests/" + name + "/openai.json"));
        int frames = Math.max(1, request.root().path("tools").size());

        assertThat(request.promptCharacters()).isCloseTo(chat.promptCharacters(), within(frames * FRAME));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "5     | 'hello'",
                "8     | [{'type':'text','text':'hello'},{'type':'text','text':'you'}]",
                "6000  | [{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA'}}]",
                "9000  | [{'type':'document','source':{'type':'base64','media_type':'application/pdf','data':'AAAA'}}]",
                "9000  | [{'type':'document','source':{'type':'url','url':'https://x.test/a.pdf'}}]",
                "4     | [{'type':'document','source':{'type':'text','data':'text'}}]",
                "5     | [{'type':'document','source':{'type':'content','content':[{'type':'text','text':'hello'}]}}]",
                "5     | [{'type':'tool_result','tool_use_id':'toolu_1','content':[{'type':'text','text':'hello'}]}]",
                "0     | [{'type':'tool_result','tool_use_id':'toolu_1'}]",
                "21    | [{'type':'tool_use','id':'toolu_1','name':'search','input':{'query':'abc'}}]",
            })
    void blocksAreAsLongAsWhatTheyHold(long characters, String content) {
        String body = "{'model':'m','max_tokens':7,'messages':[{'role':'user','content':" + content + "}]}";

        assertThat(messages(utf8(body.replace('\'', '"'))).promptCharacters())
                .isEqualTo(characters);
    }

    @Test
    void systemAndToolsCount() {
        String body = "{'model':'m','max_tokens':7,'system':'12345','tools':[{'name':'f'}],"
                + "'messages':[{'role':'user','content':'123'}]}";

        assertThat(messages(utf8(body.replace('\'', '"'))).promptCharacters()).isEqualTo(5 + 14 + 3);
    }
}
