package ailb.dispatch;

import ailb.port.ApiKeys;
import ailb.protocol.error.ApiError;
import ailb.protocol.stream.ReplyStream;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes the key that a provider was called with out of what it says: callers, logs and results are not to learn it. The key
 * is found as it is and as JSON writes it, with and without escaped slashes; every other byte stays.
 */
final class KeyRedaction {

    private static final byte[] REDACTED = "[redacted]".getBytes(StandardCharsets.UTF_8);

    /** A shorter key is no secret, and may be an ordinary word. */
    private static final int SHORTEST = 8;

    private final List<byte[]> forms;

    /** The most bytes of a key that a text may end with. */
    private final int longestBeginning;

    KeyRedaction(ApiKeys.ApiKey key) {
        this.forms = key.value().length() < SHORTEST
                ? List.of()
                : Stream.of(key.value(), escaped(key.value()), escaped(key.value()).replace("/", "\\/"))
                        .distinct()
                        .map(form -> form.getBytes(StandardCharsets.UTF_8))
                        .toList();
        this.longestBeginning = forms.stream().mapToInt(form -> form.length - 1).max().orElse(0);
    }

    /** The key as a JSON string has it. Keys have no control characters, as they are sent in headers. */
    private static String escaped(String key) {
        return key.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** The text without the key. Returns the same array if the key is not in it. */
    byte[] of(byte[] text) {
        byte[] redacted = text;
        for (byte[] form : forms) {
            redacted = without(form, redacted);
        }
        return redacted;
    }

    private static byte[] without(byte[] form, byte[] text) {
        int at = indexOf(form, text, 0);
        if (at < 0) {
            return text;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
        int from = 0;
        while (at >= 0) {
            out.write(text, from, at - from);
            out.writeBytes(REDACTED);
            from = at + form.length;
            at = indexOf(form, text, from);
        }
        out.write(text, from, text.length - from);
        return out.toByteArray();
    }

    private static int indexOf(byte[] form, byte[] text, int from) {
        for (int at = from; at <= text.length - form.length; at++) {
            if (text[at] == form[0] && matches(form, text, at)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean matches(byte[] form, byte[] text, int at) {
        for (int i = 1; i < form.length; i++) {
            if (text[at + i] != form[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The same stream, fed with bytes that have no key in them. So no event, error or log line of it can have one. A
     * key that is cut in two is found too: the end of an unfinished line waits for the next piece.
     */
    ReplyStream of(ReplyStream stream) {
        return forms.isEmpty() ? stream : new Redacted(stream);
    }

    /** How many bytes at the end of a text may be the beginning of a key. A key has no line breaks. */
    private int unfinished(byte[] text) {
        int length = 0;
        while (length < Math.min(longestBeginning, text.length) && !isLineBreak(text[text.length - 1 - length])) {
            length++;
        }
        return length;
    }

    private static boolean isLineBreak(byte character) {
        return character == '\n' || character == '\r';
    }

    private final class Redacted implements ReplyStream {

        private final ReplyStream stream;
        private byte[] kept = new byte[0];

        Redacted(ReplyStream stream) {
            this.stream = stream;
        }

        @Override
        public Step feed(byte[] piece) {
            byte[] text = of(kept.length == 0 ? piece : joined(kept, piece));
            int whole = text.length - unfinished(text);
            kept = Arrays.copyOfRange(text, whole, text.length);
            return stream.feed(kept.length == 0 ? text : Arrays.copyOf(text, whole));
        }

        @Override
        public Step end() {
            Step before = stream.feed(kept);
            kept = new byte[0];
            return switch (stream.end()) {
                case More(byte[] events) -> new More(joined(before.events(), events));
                case Complete(byte[] events) -> new Complete(joined(before.events(), events));
                case Broken(byte[] events, ProviderReply.Failure failure) ->
                    new Broken(joined(before.events(), events), failure);
            };
        }

        @Override
        public Optional<Usage> usage() {
            return stream.usage();
        }

        @Override
        public List<Remaining> remaining() {
            return stream.remaining();
        }

        @Override
        public long characters() {
            return stream.characters();
        }

        @Override
        public Optional<byte[]> refusal() {
            return stream.refusal();
        }

        @Override
        public byte[] error(ApiError error) {
            return stream.error(error);
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}
