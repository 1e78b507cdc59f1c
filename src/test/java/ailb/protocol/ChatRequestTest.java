package ailb.protocol;

import static ailb.protocol.WireFiles.invalid;
import static ailb.protocol.WireFiles.utf8;
import static ailb.protocol.WireFiles.valid;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.protocol.error.ApiError;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestTest {

    private static final String HELLO = "\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";

    @Test
    void modelAndCharactersOfAllTextAreKnown() {
        ChatRequest request = valid("""
                {"model": "chat", "messages": [
                  {"role": "system", "content": "12345"},
                  {"role": "user", "content": [{"type": "text", "text": "123"}]},
                  {"role": "assistant", "content": null, "refusal": "12"},
                  {"role": "tool", "tool_call_id": "call_1", "content": "1234"}]}""");

        assertThat(request.model()).isEqualTo("chat");
        assertThat(request.promptCharacters()).isEqualTo(5 + 3 + 2 + 4);
    }

    @Test
    void toolsAndTheirCallsCountAsTheyAreWritten() {
        ChatRequest request = valid("""
                {"model": "chat", "messages": [
                  {"role": "user", "content": "1"},
                  {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "now", "arguments": "{\\"zone\\": 1}"}},
                    {"id": "call_2", "type": "function", "function": {"name": "now", "arguments": {"zone": 1}}}]}],
                 "tools": [{"type": "function", "function": {"name": "now"}}],
                 "functions": []}""");

        int definition = "[{'type':'function','function':{'name':'now'}}]".length();
        assertThat(request.promptCharacters())
                .isEqualTo(1 + definition + "now{'zone': 1}".length() + "now{'zone':1}".length());
    }

    /** 1,500 tokens an image, 2,250 a page, four characters a token; a page is some 50,000 characters of base64. */
    @Test
    void imagesAndFilesCountByWhatTheyAreAndNotByTheirBase64() {
        String image =
                "{'type':'image_url','image_url':{'url':'data:image/png;base64,%s'}}".formatted("A".repeat(400_000));
        String file =
                "{'type':'file','file':{'file_data':'data:application/pdf;base64,%s'}}".formatted("A".repeat(120_000));
        ChatRequest request = valid(("{'model':'m','messages':[{'role':'user','content':[" + image + "," + file + ","
                + "{'type':'file','file':{'file_id':'f'}}]}]}").replace('\'', '"'));

        assertThat(request.promptCharacters()).isEqualTo(6_000 + 3 * 9_000 + 9_000);
    }

    @Test
    void newerNameOfMaxTokensGoesFirst() {
        assertThat(valid("{" + HELLO + "}").maxTokens()).isEqualTo(OptionalLong.empty());
        assertThat(valid("{\"max_tokens\":7," + HELLO + "}").maxTokens()).hasValue(7);
        assertThat(valid("{\"max_tokens\":7,\"max_completion_tokens\":9," + HELLO + "}").maxTokens()).hasValue(9);
        assertThat(valid("{\"max_tokens\":7,\"max_completion_tokens\":null," + HELLO + "}").maxTokens()).hasValue(7);
    }

    @Test
    void neverPrintsItsContents() {
        assertThat(valid("{" + HELLO + "}").toString()).doesNotContain("Hello", "chat\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"stream\":false",
                "\"stream\":null",
                "\"temperature\":0",
                "\"temperature\":2.0",
                "\"stop\":\"x\"",
                "\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]",
                "\"max_tokens\":2147483647",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
                "\"a_field_of_tomorrow\":{\"model\":[1,{\"model\":2}]}",
                "\"seed\":123456789012345678901234567890",
            })
    void whatTheBalancerDoesNotUseIsLeftToTheProvider(String field) {
        assertThat(ChatRequest.parse(utf8("{" + HELLO + "," + field + "}"))).isInstanceOf(Parsed.Valid.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', value = {
                "model                    | {'messages':[{'role':'user','content':'x'}]}",
                "model                    | {'model':'','messages':[{'role':'user','content':'x'}]}",
                "model                    | {'model':4,'messages':[{'role':'user','content':'x'}]}",
                "model                    | {'model':'a','messages':[{'role':'user','content':'x'}],'mod\\u0065l':'b'}",
                "messages                 | {'model':'m'}",
                "messages                 | {'model':'m','messages':'x'}",
                "messages                 | {'model':'m','messages':[]}",
                "messages[0]              | {'model':'m','messages':['x']}",
                "messages[1].role         | {'model':'m','messages':[{'role':'user','content':'x'},{'content':'x'}]}",
                "messages[0].role         | {'model':'m','messages':[{'role':'robot','content':'x'}]}",
                "messages[0].content      | {'model':'m','messages':[{'role':'user'}]}",
                "messages[0].content      | {'model':'m','messages':[{'role':'user','content':null}]}",
                "messages[0].content      | {'model':'m','messages':[{'role':'user','content':{'text':'x'}}]}",
                "messages[0].content[0]   | {'model':'m','messages':[{'role':'user','content':['x']}]}",
                "messages[0].content[0].type | {'model':'m','messages':[{'role':'user','content':[{'text':'x'}]}]}",
                "messages[0].content[1].text | {'model':'m','messages':[{'role':'user','content':"
                        + "[{'type':'text','text':'x'},{'type':'text'}]}]}",
                "max_tokens               | {'model':'m','messages':[{'role':'user','content':'x'}],'max_tokens':0}",
                "max_tokens               | {'model':'m','messages':[{'role':'user','content':'x'}],'max_tokens':1.5}",
                "max_tokens               | {'model':'m','messages':[{'role':'user','content':'x'}],'max_tokens':2147483648}",
                "max_completion_tokens    | {'model':'m','messages':[{'role':'user','content':'x'}],'max_completion_tokens':'9'}",
                "n                        | {'model':'m','messages':[{'role':'user','content':'x'}],'n':0}",
                "temperature              | {'model':'m','messages':[{'role':'user','content':'x'}],'temperature':2.1}",
                "temperature              | {'model':'m','messages':[{'role':'user','content':'x'}],'temperature':'hot'}",
                "top_p                    | {'model':'m','messages':[{'role':'user','content':'x'}],'top_p':1e400}",
                "stop                     | {'model':'m','messages':[{'role':'user','content':'x'}],'stop':['1',2]}",
                "stop                     | {'model':'m','messages':[{'role':'user','content':'x'}],'stop':[1]}",
                "stop                     | {'model':'m','messages':[{'role':'user','content':'x'}],'stop':{}}",
                "user                     | {'model':'m','messages':[{'role':'user','content':'x'}],'user':1}",
                "stream                   | {'model':'m','messages':[{'role':'user','content':'x'}],'stream':'yes'}",
            })
    void whatIsWrongIsRefusedByItsPath(String param, String body) {
        ApiError error = invalid(utf8(body.replace('\'', '"')));

        assertThat(error.status()).isEqualTo(400);
        assertThat(error.type()).isEqualTo("invalid_request_error");
        assertThat(error.param()).isEqualTo(param);
        assertThat(error.message()).contains("'" + param + "'").doesNotContain("null");
    }

    @Test
    void malformedJsonIsPlacedButNotRepeated() {
        ApiError error = invalid(utf8("{\n  \"model\": secretword}"));

        assertThat(error.status()).isEqualTo(400);
        assertThat(error.message())
                .startsWith("The request body is not valid JSON: there is an error at line 2, column ")
                .doesNotContain("secret", "Source", "jackson", "through reference");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "{", "[]", "null", "\"x\"", "{\"model\"", "{\"model\":}", "{'model':1}", "{\"a\":1,}",
                "{} {}",
                "{\"a\":NaN}", "{\"a\":01}", "{\"a\":\"\u0001\"}", "{\"a\":\"\\x\"}", "<html>", "\uFEFF{}",
            })
    void whatIsNoJsonObjectIsRefused(String body) {
        assertThat(invalid(utf8(body)).status()).isEqualTo(400);
    }

    @Test
    void otherEncodingsThanUtf8AreRefused() {
        byte[] truncated = {'{', '"', 'a', '"', ':', '"', (byte) 0xE2, (byte) 0x82, '"', '}'};
        byte[] overlong = {'{', '"', (byte) 0xC0, (byte) 0xAF, '"', ':', '1', '}'};
        byte[] surrogate = {'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'};

        assertThat(invalid(truncated).message()).contains("not UTF-8");
        assertThat(invalid(overlong).message()).contains("not UTF-8");
        assertThat(invalid(surrogate).message()).contains("not UTF-8");
        assertThat(invalid(("{" + HELLO + "}").getBytes(StandardCharsets.UTF_16LE)).status()).isEqualTo(400);
        assertThat(invalid(("{" + HELLO + "}").getBytes(StandardCharsets.UTF_16)).status()).isEqualTo(400);
    }

    @Test
    void numberThatNobodyCanHoldIsRefused() {
        ApiError error = invalid(utf8("{" + HELLO + ",\"seed\":1e99999999999}"));

        assertThat(error.status()).isEqualTo(400);
        assertThat(error.message()).contains("number that is too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void deepNestingIsRefused(String opening) {
        ApiError error = invalid(utf8("{\"model\":\"m\",\"x\":" + opening.repeat(100_000)));

        assertThat(error.status()).isEqualTo(400);
        assertThat(error.message()).contains("nests deeper than 200 levels").doesNotContain("StreamReadConstraints");
    }

    @Test
    void tensOfThousandsOfNamesAreRead() {
        StringBuilder body = new StringBuilder("{" + HELLO);
        for (int i = 0; i < 50_000; i++) {
            body.append(",\"").append(Integer.toString(i * 7919, 36)).append("\":0");
        }

        assertThat(ChatRequest.parse(utf8(body + "}"))).isInstanceOf(Parsed.Valid.class);
    }
}
