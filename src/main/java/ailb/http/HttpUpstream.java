package ailb.http;

import ailb.pool.FailureClass;
import ailb.port.ReplyBudget;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderRequest;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Calls providers with the JDK's HTTP client. Connecting takes at most 5 s, and a reply that is not streamed has at
 * most 16 MB. Safe for any number of threads.
 *
 * <p>Each call sends its request at most once. The client retries a refused connection once. It never retries a POST,
 * unless {@code jdk.httpclient.enableAllMethodRetry} is set: leave it unset.
 *
 * <p>Always HTTP/1.1 (ADR 1). With HTTP/2 the client shares one connection: calls beyond the server's stream limit
 * fail, and a lost connection fails all its calls at once. Both would look like faults of a healthy endpoint.
 */
public final class HttpUpstream implements Upstream {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_DETAIL_CHARS = 200;

    // The client's default limit for idle connections (jdk.httpclient.keepalive.timeout), half of what load balancers
    // allow.
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Executor executor = Executors.newVirtualThreadPerTaskExecutor();
    private HttpClient client = newClient();
    private Instant lastUse;

    public HttpUpstream() {
        this(InstantSource.system());
    }

    /** @param clock wall time, because monotonic time may stop while a function instance is frozen */
    HttpUpstream(InstantSource clock) {
        this.clock = clock;
        this.lastUse = clock.instant();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A call that times out or is interrupted closes its connection.
     */
    @Override
    public Result call(ProviderRequest request, Duration timeout) throws InterruptedException {
        return call(request, timeout, ReplyBudget.unlimited().share());
    }

    @Override
    public Result call(ProviderRequest request, Duration timeout, ReplyBudget.Share share)
            throws InterruptedException {
        return begin(request, timeout, false, share).await(timeout).orElseThrow();
    }

    @Override
    public Pending open(ProviderRequest request, Duration timeout) {
        return begin(request, timeout, true, ReplyBudget.unlimited().share());
    }

    private Pending begin(ProviderRequest request, Duration timeout, boolean streams, ReplyBudget.Share share) {
        HttpRequest http;
        try {
            http = httpRequest(request);
        } catch (IllegalArgumentException e) {
            return Pending.of(new Failed(FailureClass.TRANSPORT, "IllegalArgumentException: " + e.getMessage()));
        }
        return new Exchange(send(http), timeout, streams, share);
    }

    /** A call in progress. */
    private final class Exchange implements Pending {

        private final CompletableFuture<HttpResponse<Body>> response;
        private final Duration timeout;
        private final boolean streams;
        private final ReplyBudget.Share share;
        private final long end;
        private boolean isTaken;
        @Nullable private WholeBody whole;

        /** @param streams whether a stream of events is passed on as it arrives */
        Exchange(
                CompletableFuture<HttpResponse<Body>> response,
                Duration timeout,
                boolean streams,
                ReplyBudget.Share share) {
            this.response = response;
            this.timeout = timeout;
            this.streams = streams;
            this.share = share;
            this.end = System.nanoTime() + timeout.toNanos();
        }

        @Override
        public Optional<Result> await(Duration longest) throws InterruptedException {
            long now = System.nanoTime();
            long by = now + Math.min(end - now, longest.toNanos());
            try {
                Optional<Result> result = Optional.empty();
                while (result.isEmpty() && by - System.nanoTime() > 0) {
                    result = next(Duration.ofNanos(Math.max(1, by - System.nanoTime())));
                }
                isTaken = result.isPresent();
                return result.or(this::timedOut);
            } catch (TimeoutException e) {
                return timedOut();
            } catch (InterruptedException e) {
                close();
                throw e;
            } catch (ExecutionException e) {
                return Optional.of(
                        new Failed(FailureClass.TRANSPORT, detail(Objects.requireNonNullElse(e.getCause(), e))));
            } catch (WholeBody.UnreadableException e) {
                close();
                return Optional.of(new Failed(FailureClass.TRANSPORT, Objects.requireNonNull(e.getMessage())));
            }
        }

        private Optional<Result> timedOut() {
            if (end - System.nanoTime() > 0) {
                return Optional.empty();
            }
            close();
            return Optional.of(
                    new Failed(FailureClass.TIMEOUT, "no whole reply within " + timeout.toMillis() + " ms"));
        }

        /** Waits for the head, or for the next piece of a body that is not streamed. */
        private Optional<Result> next(Duration longest)
                throws InterruptedException, ExecutionException, TimeoutException, WholeBody.UnreadableException {
            HttpResponse<Body> head = response.get(longest.toNanos(), TimeUnit.NANOSECONDS);
            Headers headers = Headers.ofLists(head.headers().map());
            if (whole == null) {
                used();
                String encoding = headers.get("content-encoding").orElse("").toLowerCase(Locale.ROOT);
                if (streams && encoding.isEmpty() && isStream(head.statusCode(), headers)) {
                    return Optional.of(new Streaming(head.statusCode(), headers, head.body()));
                }
                whole = new WholeBody(head.body(), encoding, share);
            }
            return whole.next(longest).map(body -> new Reply(head.statusCode(), headers, body));
        }

        /** Also closes a body whose head has just arrived: otherwise it would keep its connection for ever. */
        @Override
        public void close() {
            if (!isTaken && !response.cancel(true)) {
                var _ = response.thenAccept(late -> late.body().close());
            }
        }
    }

    private static boolean isStream(int status, Headers headers) {
        return status / 100 == 2 && headers.get("content-type").orElse("").startsWith("text/event-stream");
    }

    /**
     * Drops all idle connections. Call after a restore from a snapshot, when they are dead. Calls in flight keep their
     * connections.
     */
    public synchronized void renew() {
        client.shutdown();
        client = newClient();
    }

    // Needs the lock: a client that renew() has shut down accepts no calls. Sending does not block.
    private synchronized CompletableFuture<HttpResponse<Body>> send(HttpRequest request) {
        // After a freeze, idle connections look alive but are dead. A client whose thread has died, for example after
        // an OutOfMemoryError, would fail every call.
        if (clock.instant().isAfter(lastUse.plus(KEEP_ALIVE)) || client.isTerminated()) {
            renew();
        }
        used();
        return client.sendAsync(request, _ -> new StreamedBody());
    }

    private synchronized void used() {
        lastUse = clock.instant();
    }

    private HttpClient newClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(executor)
                .build();
    }

    private static HttpRequest httpRequest(ProviderRequest request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder().POST(BodyPublishers.ofByteArray(request.body()));
        // The client's own messages quote the URI and the header's value, which may contain a key.
        try {
            builder.uri(request.uri());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the URI cannot be called");
        }
        request.headers().forEach((name, value) -> {
            try {
                builder.setHeader(name, value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("header " + name + " cannot be sent");
            }
        });
        return builder.build();
    }

    /** What happened, for a log line. */
    static String detail(Throwable thrown) {
        String detail = describe(thrown);
        return detail.substring(0, Math.min(detail.length(), MAX_DETAIL_CHARS));
    }

    private static String describe(Throwable thrown) {
        String kind = thrown.getClass().getSimpleName();
        // Their messages quote the provider's data: a status line, a header, an invalid number.
        if (thrown instanceof ProtocolException || thrown instanceof RuntimeException) {
            return kind;
        }
        Throwable cause = thrown.getCause();
        if (cause != null) {
            return kind + ": " + describe(cause);
        }
        return thrown.getMessage() == null ? kind : kind + ": " + thrown.getMessage();
    }
}
