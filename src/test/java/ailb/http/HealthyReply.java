package ailb.http;

import ailb.pool.Provider;

/** What a provider that is well says. */
final class HealthyReply {

    private HealthyReply() {}

    static String whole(Provider provider) {
        return switch (provider) {
            case OPENAI -> """
                    {"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
                    "message":{"role":"assistant","content":"I am well"},"finish_reason":"stop"}],\
                    "usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}}""";
            case ANTHROPIC -> """
                    {"id":"m1","type":"message","role":"assistant","model":"m",\
                    "content":[{"type":"text","text":"I am well"}],"stop_reason":"end_turn","stop_sequence":null,\
                    "usage":{"input_tokens":5,"output_tokens":3}}""";
        };
    }

    static String streamed(Provider provider) {
        return switch (provider) {
            case OPENAI -> """
                    data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,\
                    "delta":{"role":"assistant","content":"I am well"},"finish_reason":null}]}

                    data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,\
                    "delta":{},"finish_reason":"stop"}]}

                    data: [DONE]

                    """;
            case ANTHROPIC -> """
                    event: message_start
                    data: {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant",\
                    "model":"m","content":[],"stop_reason":null,"stop_sequence":null,\
                    "usage":{"input_tokens":5,"output_tokens":1}}}

                    event: content_block_start
                    data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                    event: content_block_delta
                    data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"I am well"}}

                    event: content_block_stop
                    data: {"type":"content_block_stop","index":0}

                    event: message_delta
                    data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
                    "usage":{"output_tokens":3}}

                    event: message_stop
                    data: {"type":"message_stop"}

                    """;
        };
    }
}
