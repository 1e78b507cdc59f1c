package ailb.protocol;

import ailb.pool.Endpoint;
import ailb.pool.Operation;
import ailb.pool.Provider;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an OpenAI client asked of {@code /v1/chat/completions}: its bytes as they came, and the tree of them. Immutable;
 * it never prints its contents.
 */
public final class ChatRequest implements ModelRequest {

    private final RequestBody body;
    private final long promptCharacters;

    ChatRequest(RequestBody body) {
        this.body = body;
        this.promptCharacters = countCharacters(body.root().path("messages"));
    }

    /**
     * Reads a request. Never throws, whatever the bytes.
     *
     * @param body kept, so not to be changed afterwards
     */
    public static Parsed parse(byte[] body) {
        return RequestReader.read(body, ChatRequestRules::firstFault, ChatRequest::new);
    }

    @Override
    public String model() {
        return body.model();
    }

    @Override
    public long promptCharacters() {
        return promptCharacters;
    }

    /** {@code max_completion_tokens}, else {@code max_tokens}. */
    @Override
    public OptionalLong maxTokens() {
        JsonNode newer = root().path("max_completion_tokens");
        JsonNode max = newer.isIntegralNumber() ? newer : root().path("max_tokens");
        return max.isIntegralNumber() ? OptionalLong.of(max.longValue()) : OptionalLong.empty();
    }

    @Override
    public Operation operation() {
        return Operation.CHAT;
    }

    @Override
    public Optional<String> unsupportedAt(Provider provider) {
        return WireProtocol.of(provider).unsupportedField(this);
    }

    @Override
    public ProviderRequest at(Endpoint endpoint, String apiKey) {
        return WireProtocol.of(endpoint.provider()).request(endpoint, this, apiKey);
    }

    @Override
    public ProviderReply read(Provider provider, int status, Headers headers, byte[] reply, Instant now) {
        return WireProtocol.of(provider).read(this, status, headers, reply, now);
    }

    /** The caller's bytes; not to be changed. */
    public byte[] body() {
        return body.bytes();
    }

    /** The caller's bytes with another model in them; not a byte else differs. */
    byte[] bodyFor(String modelId) {
        return body.withModel(modelId);
    }

    /** Not to be changed. */
    ObjectNode root() {
        return body.root();
    }

    private static long countCharacters(JsonNode messages) {
        long characters = 0;
        for (JsonNode message : messages) {
            for (String text : MessageText.of(message)) {
                characters += text.length();
            }
        }
        return characters;
    }

    @Override
    public String toString() {
        return "ChatRequest(" + body.bytes().length + " bytes)";
    }
}
