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
 * A caller's body as it came, the tree of it, and where in the bytes its members stand. None of it is to be changed.
 *
 * @param members the values of the top-level members, by name
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed on as they are, never compared
public record RequestBody(byte[] bytes, ObjectNode root, Map<String, Span> members) {

    /** The bytes from {@code start} up to and without {@code end}. */
    public record Span(int start, int end) {}

    private record Splice(Span span, byte[] put) {}

    /** The caller's bytes with another model in them; not a byte else differs. */
    public byte[] withModel(String modelId) {
        return with(Map.of("model", TextNode.valueOf(modelId)));
    }

    /** The caller's bytes with other values of these members, which come first where there were none. */
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

    /** A member before all others, of which there is one. */
    private Splice first(String name, JsonNode value) {
        int start = afterBrace();
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        member.writeBytes(Json.bytes(TextNode.valueOf(name)));
        member.write(':');
        member.writeBytes(Json.bytes(value));
        member.write(',');
        return new Splice(new Span(start, start), member.toByteArray());
    }

    /** @param splices in the order of their places */
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

    /** The public name of the model asked for. */
    public String model() {
        return root.path("model").textValue();
    }

    @Override
    public String toString() {
        return "RequestBody(" + bytes.length + " bytes)";
    }
}
