package ailb.protocol;

import ailb.pool.Provider;

class AnthropicContractTest extends ProtocolContract {

    @Override
    Provider provider() {
        return Provider.ANTHROPIC;
    }

    @Override
    String answer() {
        return """
                {"id":"msg_1","type":"message","role":"assistant","model":"claude",
                 "content":[{"type":"text","text":"9.8 is greater."}],"stop_reason":"end_turn","stop_sequence":null,
                 "usage":{"input_tokens":16,"output_tokens":110}}""";
    }

    @Override
    String refusal(String type) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"" + type
                + "\",\"message\":\"Sorry\"},\"request_id\":\"req_1\"}";
    }
}
