package ailb.api;

import ailb.dispatch.Dispatcher;
import ailb.dispatch.permit.PoolView;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.port.TimeSource;
import ailb.protocol.ModelRequest;
import ailb.protocol.wire.RateLimitHeaders;
import ailb.protocol.wire.Remaining;
import ailb.stats.Headroom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Rate-limit headers for callers: what is left, in total, of the limits of the endpoints that can serve the request.
 */
final class PoolLimits {

    private final Pool pool;
    private final Dispatcher dispatcher;
    private final TimeSource time;

    PoolLimits(Pool pool, Dispatcher dispatcher, TimeSource time) {
        this.pool = pool;
        this.dispatcher = dispatcher;
        this.time = time;
    }

    /** The headers of an answer, from the cached state: the store is not read for them. */
    Map<String, String> headers(ModelRequest request) {
        PoolView view = dispatcher.view();
        long now = time.now();
        List<Endpoint> serving = pool.serving(request.model(), request.kind().operation());
        List<Remaining> left = Headroom.of(serving, view::state, now)
                .stream()
                .map(one -> new Remaining(
                        one.kind(), one.remaining(), OptionalLong.of(one.limit()), Optional.of(one.reset())))
                .toList();
        return RateLimitHeaders.of(request.kind().protocol(), left, Instant.ofEpochSecond(0, now));
    }
}
