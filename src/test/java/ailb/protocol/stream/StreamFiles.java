package ailb.protocol.stream;

import static ailb.protocol.WireFiles.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.protocol.WireFiles;
import ailb.protocol.wire.ProviderReply;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Streams as in the providers' references, and what it takes to read them. */
public final class StreamFiles {

    private StreamFiles() {}

    /**
     * One event as a caller sees it.
     *
     * @param name "" where it has none
     * @param data the last event of a chat as its text
     */
    record Told(String name, JsonNode data) {}

    /** A file under {@code src/test/resources/wire}. */
    static String text(String path) {
        return WireFiles.text(WireFiles.bytes(path));
    }

    /** The events of a text of which each has a name at most, and one line of data. */
    static List<Told> events(String text) {
        return Arrays.stream(text.split("\n\n")).map(StreamFiles::event).toList();
    }

    private static Told event(String text) {
        String name = text.startsWith("event: ") ? text.substring(7, text.indexOf('\n')) : "";
        String data = text.substring(text.indexOf("data: ") + 6);
        return new Told(name, data.equals("[DONE]") ? TextNode.valueOf(data) : WireFiles.json(utf8(data)));
    }

    /** What came of bytes that came in pieces of a size, and of their end if nothing else ended them. */
    static Read read(ReplyStream stream, byte[] bytes, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ReplyStream.Step step = new ReplyStream.More(new byte[0]);
        for (int from = 0; from < bytes.length && step instanceof ReplyStream.More; from += size) {
            step = stream.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
            out.writeBytes(step.events());
        }
        if (step instanceof ReplyStream.More) {
            step = stream.end();
            out.writeBytes(step.events());
        }
        return new Read(out.toString(UTF_8), step);
    }

    /** The same in one piece. */
    static Read read(ReplyStream stream, String text) {
        return read(stream, utf8(text), Integer.MAX_VALUE / 2);
    }

    /**
     * All of a stream.
     *
     * @param text for the caller
     * @param last the step that ended it
     */
    record Read(String text, ReplyStream.Step last) {

        ProviderReply.Failure failure() {
            return ((ReplyStream.Broken) last).failure();
        }
    }
}
