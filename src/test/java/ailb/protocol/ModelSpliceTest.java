package ailb.protocol;

import static ailb.protocol.WireFiles.text;
import static ailb.protocol.WireFiles.valid;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Provider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code @} stands for the value of the top-level model: it is replaced, and not a byte else. */
class ModelSpliceTest {

    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":@," + MESSAGES + "}",
                "{" + MESSAGES + ",\"model\":@}",
                "  {\n\t\"model\" :\r\n @ ,\n" + MESSAGES + "\n}\n ",
                "{\"mod\\u0065l\":@," + MESSAGES + "}",
                "{\"metadata\":{\"model\":\"chat\"},\"x\":[{\"model\":\"chat\"}],\"model\":@," + MESSAGES + "}",
                "{\"model\":@,\"x\":{\"model\":{\"model\":\"chat\"}}," + MESSAGES + "}",
                "{\"model \":\"chat\",\"Model\":\"chat\",\"\":\"chat\",\"model\":@," + MESSAGES + "}",
                "{\"seed\":123456789012345678901234567890,\"x\":1.10E+2,\"y\":-0.0,\"model\":@," + MESSAGES + "}",
                "{\"é😀\":\"ü\\ud83d\\ude00😀\\/\\u00e9\",\"model\":@," + MESSAGES + ",\"z\":\"日本語\"}",
                "{\"lone\":\"\\ud800\",\"model\":@," + MESSAGES + "}",
            })
    void onlyTheTopLevelModelIsReplaced(String template) {
        for (String model : new String[]{"\"chat\"", "\"a\\\"b\\\\\"", "\"ch\\u0061t\"", "\"日本😀\"",
            "\"" + "x".repeat(9000) + "\""}) {
            ChatRequest request = valid(template.replace("@", model));

            assertThat(sent(request, "gpt-4o-mini")).isEqualTo(template.replace("@", "\"gpt-4o-mini\""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tools", "tool-results", "images", "json-schema", "no-demand"})
    void toolsImagesAndAllElsePassThrough(String name) {
        byte[] body = WireFiles.bytes("anthropic/requests/" + name + "/openai.json");

        assertThat(sent(valid(body), "gpt-4o-mini"))
                .isEqualTo(text(body).replace("\"model\": \"chat\"", "\"model\": \"gpt-4o-mini\""));
    }

    @Test
    void newModelIsWrittenAsAJsonString() {
        ChatRequest request = valid("{\"model\":\"chat\"," + MESSAGES + "}");

        assertThat(sent(request, "a\"b\\c/é")).startsWith("{\"model\":\"a\\\"b\\\\c/é\",");
    }

    @Test
    void spanIsRightBehindAPromptLargerThanTheParsersBuffers() {
        String before =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "é\\n😀".repeat(50_000) + "\"}],\"model\":";

        ChatRequest request = valid(before + "\"chat\"}");

        assertThat(sent(request, "m")).isEqualTo(before + "\"m\"}");
    }

    @Test
    void callersOwnBytesStayAsTheyWere() {
        ChatRequest request = valid("{\"model\":\"chat\"," + MESSAGES + "}");

        sent(request, "other");

        assertThat(text(request.body())).isEqualTo("{\"model\":\"chat\"," + MESSAGES + "}");
    }

    private static String sent(ChatRequest request, String modelId) {
        return text(
                request.at(WireFiles.endpoint(Provider.OPENAI, "https://provider.test/v1", modelId), "key").body());
    }
}
