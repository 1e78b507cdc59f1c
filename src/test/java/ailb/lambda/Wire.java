package ailb.lambda;

import java.util.List;
import java.util.Map;

/** How a caller asks and a provider streams, in each protocol: bytes written down from the providers' documentation. */
public enum Wire {
    OPENAI("/chat/completions", """
            {"model":"%s","stream":%b,"messages":[{"role":"user","content":"What does a balancer do?"}]}"""),
    ANTHROPIC("/messages", """
            {"model":"%s","stream":%b,"max_tokens":100,"messages":[{"role":"user","content":"What does it do?"}]}""");

    private final String path;
    private final String request;

    Wire(String path, String request) {
        this.path = path;
        this.request = request;
    }

    /** After the base URL. */
    public String path() {
        return path;
    }

    public String request(String model, boolean streamed) {
        return request.formatted(model, streamed);
    }

    /** What a caller brings. */
    public Map<String, String> headers(String key) {
        return switch (this) {
            case OPENAI -> Map.of("authorization", "Bearer " + key);
            case ANTHROPIC -> Map.of("x-api-key", key, "anthropic-version", "2023-06-01");
        };
    }

    /** Before there is any content. */
    public String opening(String id) {
        return switch (this) {
            case OPENAI -> chunk(id, "{\"role\":\"assistant\",\"content\":\"\"}", "null");
            case ANTHROPIC -> event("message_start", """
                    "message":{"id":"%s","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],\
                    "stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":24,"output_tokens":1}}"""
                    .formatted(id))
                    + event("content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}")
                    + "event: ping\ndata: {\"type\":\"ping\"}\n\n";
        };
    }

    /** An event of content. */
    public String word(String id, String word) {
        return switch (this) {
            case OPENAI -> chunk(id, "{\"content\":\"" + word + "\"}", "null");
            case ANTHROPIC -> event(
                    "content_block_delta",
                    "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + word + "\"}");
        };
    }

    /** After all content. */
    public String closing(String id) {
        return switch (this) {
            case OPENAI -> chunk(id, "{}", "\"stop\"") + """
                    data: {"id":"%s","object":"chat.completion.chunk","created":1780309800,"model":"gpt-4o-mini",\
                    "choices":[],"usage":{"prompt_tokens":24,"completion_tokens":2,"total_tokens":26}}

                    data: [DONE]

                    """.formatted(id);
            case ANTHROPIC -> event("content_block_stop", "\"index\":0") + event(
                    "message_delta",
                    "\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":2}")
                    + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
        };
    }

    /** The events of a whole stream of these words. */
    public String stream(String id, String... words) {
        StringBuilder stream = new StringBuilder(opening(id));
        List.of(words).forEach(word -> stream.append(word(id, word)));
        return stream.append(closing(id)).toString();
    }

    /** What a stream's last event tells its caller. */
    String lastEvent() {
        return switch (this) {
            case OPENAI -> "data: [DONE]\n\n";
            case ANTHROPIC -> "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
        };
    }

    /** What an event that tells of an error begins with. */
    String error() {
        return switch (this) {
            case OPENAI -> "data: {\"error\":";
            case ANTHROPIC -> "event: error\ndata: {\"type\":\"error\",\"error\":";
        };
    }

    private static String chunk(String id, String delta, String finishReason) {
        return """
                data: {"id":"%s","object":"chat.completion.chunk","created":1780309800,"model":"gpt-4o-mini",\
                "choices":[{"index":0,"delta":%s,"finish_reason":%s}]}

                """.formatted(id, delta, finishReason);
    }

    private static String event(String type, String fields) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n";
    }
}
