package ailb.http;

import ailb.pool.FailureClass;
import ailb.port.Upstream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.zip.GZIPInputStream;

/** Decompresses a gzip body, one piece at a time. */
final class InflatedBody implements Upstream.Body {

    private static final int PIECE = 64 * 1024;

    private final InputStream inflating;

    /** @throws IOException if it is not gzip */
    InflatedBody(byte[] gzip) throws IOException {
        this.inflating = new GZIPInputStream(new ByteArrayInputStream(gzip), PIECE);
    }

    @Override
    public Upstream.Piece next(Duration timeout) {
        try {
            byte[] piece = inflating.readNBytes(PIECE);
            return piece.length == 0 ? new Upstream.End() : new Upstream.Bytes(piece);
        } catch (IOException e) {
            return new Upstream.Lost(FailureClass.TRANSPORT, WholeBody.BROKEN_GZIP);
        }
    }

    @Override
    public void close() {
        // nothing is under way
    }
}
