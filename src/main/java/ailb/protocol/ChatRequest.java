package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.util.OptionalLong;

/**
 * What an OpenAI client asked of {@code /v1/chat/completions}: its bytes as they came, and the tree of them. Immutable;
 * it never prints its contents.
 */
public final class ChatRequest {

    private final byte[] body;
    private final ObjectNode root;
    private final int modelStart;
    private final int modelEnd;
    private final long promptCharacters;

    /** The value of the top-level {@code model} is {@code body[modelStart]} up to and without {@code body[modelEnd]}. */
    ChatRequest(byte[] body, ObjectNode root, int modelStart, int modelEnd) {
        this.body = body;
        this.root = root;
        this.modelStart = modelStart;
        this.modelEnd = modelEnd;
        this.promptCharacters = PromptSize.characters(root);
    }

    /**
     * Reads a request. Never throws, whatever the bytes.
     *
     * @param body kept, so not to be changed afterwards
     */
    public static Parsed parse(byte[] body) {
        return ChatRequestReader.read(body);
    }

    /** The public name of the model asked for. */
    public String model() {
        return root.path("model").textValue();
    }

    /** Characters (UTF-16 units) of all that the model is given to read, for estimates of tokens; see {@link PromptSize}. */
    public long promptCharacters() {
        return promptCharacters;
    }

    /** The most tokens the answer may have: {@code max_completion_tokens}, else {@code max_tokens}; 1 to 2^31 - 1. */
    public OptionalLong maxTokens() {
        JsonNode newer = root.path("max_completion_tokens");
        JsonNode max = newer.isIntegralNumber() ? newer : root.path("max_tokens");
        return max.isIntegralNumber() ? OptionalLong.of(max.longValue()) : OptionalLong.empty();
    }

    /** The caller's bytes; not to be changed. */
    public byte[] body() {
        return body;
    }

    /** The caller's bytes with another model in them; not a byte else differs. */
    byte[] bodyFor(String modelId) {
        byte[] value = Json.bytes(TextNode.valueOf(modelId));
        ByteArrayOutputStream spliced = new ByteArrayOutputStream(body.length + value.length);
        spliced.write(body, 0, modelStart);
        spliced.writeBytes(value);
        spliced.write(body, modelEnd, body.length - modelEnd);
        return spliced.toByteArray();
    }

    /** Not to be changed. */
    ObjectNode root() {
        return root;
    }

    @Override
    public String toString() {
        return "ChatRequest(" + body.length + " bytes)";
    }
}
