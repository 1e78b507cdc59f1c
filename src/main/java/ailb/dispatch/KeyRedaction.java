package ailb.dispatch;

import ailb.protocol.ApiError;
import ailb.protocol.ProviderReply;
import ailb.protocol.Remaining;
import ailb.protocol.ReplyStream;
import ailb.protocol.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes the key that a provider was called with out of what it says: callers, logs and results are not to learn it. The key
 * is found as it is and as JSON writes it, with and without escaped slashes; every other byte stays.
 */
final class KeyRedaction {

    private static final byte[] REDACTED = "[redacted]".getBytes(StandardCharsets.UTF_8);

    /** A shorter key is no secret, and may be a word. */
    private static final int SHORTEST = 8;

    private final List<byte[]> forms;

    KeyRedaction(ApiKeys.ApiKey key) {
        this.forms = key.value().length() < SHORTEST
                ? List.of()
                : Stream.of(key.value(), escaped(key.value()), escaped(key.value()).replace("/", "\\/"))
                        .distinct()
                        .map(form -> form.getBytes(StandardCharsets.UTF_8))
                        .toList();
    }

    /** As a JSON string has it. Keys are sent in headers, so there are no control characters in them. */
    private static String escaped(String key) {
        return key.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** The same array where no key is in it. */
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

    private ProviderReply.Failure of(ProviderReply.Failure failure) {
        return new ProviderReply.Failure(
                failure.failure(),
                failure.status(),
                of(failure.passOn()),
                new String(of(failure.detail().getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8),
                failure.retryable(),
                failure.retryAfter(),
                failure.limit(),
                failure.remaining(),
                failure.usage());
    }

    /** The same stream; each step of it has whole events. */
    ReplyStream of(ReplyStream stream) {
        return new ReplyStream() {
            @Override
            public Step feed(byte[] piece) {
                return redacted(stream.feed(piece));
            }

            @Override
            public Step end() {
                return redacted(stream.end());
            }

            private Step redacted(Step step) {
                return switch (step) {
                    case More(byte[] events) -> new More(of(events));
                    case Complete(byte[] events) -> new Complete(of(events));
                    case Broken(byte[] events, ProviderReply.Failure failure) -> new Broken(of(events), of(failure));
                };
            }

            private byte[] of(byte[] events) {
                return KeyRedaction.this.of(events);
            }

            private ProviderReply.Failure of(ProviderReply.Failure failure) {
                return KeyRedaction.this.of(failure);
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
                return stream.refusal().map(this::of);
            }

            @Override
            public byte[] error(ApiError error) {
                return stream.error(error);
            }
        };
    }
}
