package ailb.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;

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
        byte[] value = Json.bytes(TextNode.valueOf(modelId));
        ByteArrayOutputStream spliced = new ByteArrayOutputStream(bytes.length + value.length);
        spliced.write(bytes, 0, modelStart);
        spliced.writeBytes(value);
        spliced.write(bytes, modelEnd, bytes.length - modelEnd);
        return spliced.toByteArray();
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
