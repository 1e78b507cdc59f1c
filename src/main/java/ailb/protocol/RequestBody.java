package ailb.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A caller's body as it came, the tree of it, and where in the bytes the name of the model stands. None of it is to be
 * changed.
 *
 * @param modelStart the value of the top-level {@code model} is {@code bytes[modelStart]} up to and without
 *     {@code bytes[modelEnd]}
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed on as they are, never compared
record RequestBody(byte[] bytes, ObjectNode root, int modelStart, int modelEnd) {

    /** The caller's bytes with another model in them; not a byte else differs. */
    byte[] withModel(String modelId) {
        return with(modelId, "");
    }

    /**
     * The same with a first member more.
     *
     * @param member with a comma after it
     */
    byte[] withModelAndFirst(String modelId, String member) {
        return with(modelId, member);
    }

    private byte[] with(String modelId, String first) {
        byte[] value = Json.bytes(TextNode.valueOf(modelId));
        byte[] member = first.getBytes(StandardCharsets.UTF_8);
        int afterBrace = afterBrace();
        ByteArrayOutputStream spliced = new ByteArrayOutputStream(bytes.length + value.length + member.length);
        spliced.write(bytes, 0, afterBrace);
        spliced.writeBytes(member);
        spliced.write(bytes, afterBrace, modelStart - afterBrace);
        spliced.writeBytes(value);
        spliced.write(bytes, modelEnd, bytes.length - modelEnd);
        return spliced.toByteArray();
    }

    private int afterBrace() {
        int position = 0;
        while (bytes[position] != '{') {
            position++;
        }
        return position + 1;
    }

    /** The public name of the model asked for. */
    String model() {
        return root.path("model").textValue();
    }

    @Override
    public String toString() {
        return "RequestBody(" + bytes.length + " bytes)";
    }
}
