package ailb.protocol.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A caller's body: the original bytes, their tree, and the byte range of each top-level value. None may be changed.
 *
 * @param members the byte ranges of the top-level values, by name
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed on as they are, never compared
public record RequestBody(byte[] bytes, ObjectNode root, Map<String, Span> members) {

    /** The bytes from {@code start}, inclusive, to {@code end}, exclusive. */
    public record Span(int start, int end) {}

    private record Splice(Span span, byte[] put) {}

    /** The caller's bytes with another model. No other byte differs. */
    public byte[] withModel(String modelId) {
        return with(Map.of("model", TextNode.valueOf(modelId)));
    }

    /** The caller's bytes with these values. A member that was absent is added at the start of the object. */
    public byte[] with(Map<String, JsonNode> values) {
        List<Splice> splices = new ArrayList<>();
        values.forEach((name, value) -> splices.add(splice(name, value)));
        splices.sort(Comparator.comparingInt(splice -> splice.span().start()));
        return spliced(splices);
    }

    private Splice splice(String name, JsonNode value) {
        Span span = members.get(name);
        return span == null ? first(name, value) : new Splice(span, Json.bytes(value));
    }

    /** Adds a member before the existing ones. There is always at least one. */
    private Splice first(String name, JsonNode value) {
        int start = afterBrace();
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        member.writeBytes(Json.bytes(TextNode.valueOf(name)));
        member.write(':');
        member.writeBytes(Json.bytes(value));
        member.write(',');
        return new Splice(new Span(start, start), member.toByteArray());
    }

    /** @param splices in ascending order of position */
    private byte[] spliced(List<Splice> splices) {
        int length = bytes.length;
        for (Splice splice : splices) {
            length += splice.put().length - (splice.span().end() - splice.span().start());
        }
        ByteBuffer spliced = ByteBuffer.allocate(length);
        int from = 0;
        for (Splice splice : splices) {
            spliced.put(bytes, from, splice.span().start() - from).put(splice.put());
            from = splice.span().end();
        }
        return spliced.put(bytes, from, bytes.length - from).array();
    }

    private int afterBrace() {
        int position = 0;
        while (bytes[position] != '{') {
            position++;
        }
        return position + 1;
    }

    /** The public name of the requested model. */
    public String model() {
        return root.path("model").textValue();
    }

    @Override
    public String toString() {
        return "RequestBody(" + bytes.length + " bytes)";
    }
}
