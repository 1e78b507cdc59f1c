package ailb.http;

import ailb.pool.FailureClass;
import ailb.port.Upstream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A reply's body while it arrives. Requests the next piece only after the last one was taken, so it holds one piece at
 * most.
 */
final class StreamedBody implements BodySubscriber<Upstream.Body>, Upstream.Body {

    private final BlockingQueue<Upstream.Piece> pieces = new LinkedBlockingQueue<>();
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

    @Override
    public CompletionStage<Upstream.Body> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription.set(given);
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        byte[] bytes = new byte[buffers.stream().mapToInt(ByteBuffer::remaining).sum()];
        ByteBuffer all = ByteBuffer.wrap(bytes);
        buffers.forEach(all::put);
        pieces.add(new Upstream.Bytes(bytes));
    }

    @Override
    public void onError(Throwable thrown) {
        pieces.add(new Upstream.Lost(FailureClass.TRANSPORT, HttpUpstream.detail(thrown)));
    }

    @Override
    public void onComplete() {
        pieces.add(new Upstream.End());
    }

    @Override
    public Upstream.Piece next(Duration timeout) throws InterruptedException {
        Upstream.Piece piece = pieces.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (piece == null) {
            return new Upstream.Silence();
        }
        if (piece instanceof Upstream.Bytes) {
            Flow.Subscription given = subscription.get();
            if (given != null) {
                given.request(1);
            }
        }
        return piece;
    }

    @Override
    public void close() {
        Flow.Subscription given = subscription.get();
        if (given != null) {
            given.cancel();
        }
    }
}
