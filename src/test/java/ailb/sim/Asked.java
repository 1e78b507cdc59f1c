package ailb.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.ApiResponse;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent.ProxyRequestContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a caller sends: a chat of OpenAI's or a message of Anthropic's, to be answered whole or as a stream. */
record Asked(String path, boolean stream, String body) {

    static final String KEY = "key-of-a-client";

    private static final String CHAT = "/v1/chat/completions";
    private static final String MESSAGE = "/v1/messages";

    /** One of these is drawn for each request: most are chats, answered whole, and of usual size. */
    static final List<Asked> ALL = all();

    private static List<Asked> all() {
        List<Asked> all = new ArrayList<>();
        for (Size size : List.of(Size.USUAL, Size.USUAL, Size.USUAL, Size.USUAL, Size.USUAL, Size.USUAL, Size.USUAL,
                Size.SMALL, Size.SMALL, Size.LARGE)) {
            for (String path : List.of(CHAT, CHAT, MESSAGE)) {
                for (int i = 0; i < 6; i++) {
                    all.add(new Asked(path, i == 0, size.body("", i == 0)));
                }
            }
        }
        return List.copyOf(all);
    }

    /** As the gateway hands it over at this moment, from a client with this key. */
    APIGatewayProxyRequestEvent event(long now, String key) {
        return new APIGatewayProxyRequestEvent()
                .withHttpMethod("POST")
                .withPath(path)
                .withHeaders(Map.of("authorization", "Bearer " + key))
                .withBody(body)
                .withIsBase64Encoded(false)
                .withRequestContext(new ProxyRequestContext()
                        .withRequestTimeEpoch(Duration.ofNanos(now).toMillis()));
    }

    /** Whether this answers the request whole, or says in the caller's words why it does not. */
    boolean isAnsweredBy(ApiResponse response) {
        String said = new String(response.body(), UTF_8);
        boolean isChat = path.equals(CHAT);
        boolean isError = isChat ? said.startsWith("{\"error\":{") : said.startsWith("{\"type\":\"error\",");
        if (response.status() != 200) {
            return isError;
        }
        if (!stream) {
            return said.startsWith("{") && said.contains(isChat ? "\"choices\":[{" : "\"content\":[{") && !isError;
        }
        boolean ended = isChat
                ? said.endsWith("data: [DONE]\n\n")
                : said.contains("event: message_stop\n") || said.contains("event: error\n");
        return ended || (isChat && said.contains("data: {\"error\":{"));
    }
}
