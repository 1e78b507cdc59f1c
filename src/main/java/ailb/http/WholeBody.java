package ailb.http;

import ailb.port.ReplyBudget;
import ailb.port.Upstream;
import ailb.protocol.wire.ProviderReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a body to its end, or fails if it is too large. Used by one thread. */
final class WholeBody {

    static final String BROKEN_GZIP = "a body that is not valid gzip";

    private final ReplyBudget.Share share;
    private final List<byte[]> pieces = new ArrayList<>();
    private Upstream.Body source;
    private String encoding;
    private int size;
    private byte @Nullable [] waiting;

    /**
     * @param encoding the content encoding from the head; empty where there is none
     * @param share the memory budget that the bytes are charged to
     */
    WholeBody(Upstream.Body body, String encoding, ReplyBudget.Share share) {
        this.source = body;
        this.encoding = encoding;
        this.share = share;
    }

    /** The body cannot be read to its end. The message is for a log line and has no secret in it. */
    static final class UnreadableException extends IOException {

        private static final long serialVersionUID = 1L;

        private UnreadableException(String message) {
            super(message);
        }
    }

    /**
     * Reads the next piece.
     *
     * @param longest maximum wait for the next piece or for memory; above 0
     * @return the whole body, once it is complete
     */
    Optional<byte[]> next(Duration longest) throws InterruptedException, UnreadableException {
        if (waiting != null) {
            keep(waiting, longest);
            return Optional.empty();
        }
        switch (source.next(longest)) {
            case Upstream.Bytes(byte[] bytes) -> keep(bytes, Duration.ZERO);
            case Upstream.Silence() -> {
                return Optional.empty();
            }
            case Upstream.Lost(_, String detail) -> throw new UnreadableException(detail);
            case Upstream.End() -> {
                return ended();
            }
        }
        return Optional.empty();
    }

    private void keep(byte[] bytes, Duration longest) throws InterruptedException, UnreadableException {
        if (bytes.length > ProviderReply.MAX_BYTES - size) {
            throw new UnreadableException("a reply of more than 16 MB");
        }
        boolean isKept = share.take(bytes.length, longest);
        waiting = isKept ? null : bytes;
        if (isKept) {
            pieces.add(bytes);
            size += bytes.length;
        }
    }

    private Optional<byte[]> ended() throws UnreadableException {
        byte[] whole = new byte[size];
        ByteBuffer all = ByteBuffer.wrap(whole);
        pieces.forEach(all::put);
        pieces.clear();
        size = 0;
        return switch (encoding) {
            case "", "identity" -> Optional.of(whole);
            case "gzip", "x-gzip" -> {
                inflate(whole);
                yield Optional.empty();
            }
            default -> throw new UnreadableException("a content encoding that was not asked for");
        };
    }

    /** The balancer never asks for gzip, but some providers send it. */
    private void inflate(byte[] gzip) throws UnreadableException {
        try {
            source = new InflatedBody(gzip);
            encoding = "";
        } catch (IOException e) {
            throw new UnreadableException(BROKEN_GZIP);
        }
    }
}
