package ailb.protocol;

import ailb.pool.Provider;

class OpenAiContractTest extends ProtocolContract {

    @Override
    Provider provider() {
        return Provider.OPENAI;
    }

    @Override
    String answer() {
        return """
                {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt","choices":[{"index":0,
                 "message":{"role":"assistant","content":"9.8 is greater.","refusal":null},"finish_reason":"stop"}],
                 "usage":{"prompt_tokens":16,"completion_tokens":110,"total_tokens":126}}""";
    }

    @Override
    String refusal(String type) {
        return "{\"error\":{\"message\":\"Sorry\",\"type\":\"" + type + "\",\"param\":null,\"code\":null}}";
    }
}
