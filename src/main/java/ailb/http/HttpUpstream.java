package ailb.http;

import ailb.dispatch.Upstream;
import ailb.pool.FailureClass;
import ailb.protocol.Headers;
import ailb.protocol.ProviderRequest;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls providers over the JDK's client. A connection is made within 5 s, a reply is at most 64 MB; safe for any number
 * of threads.
 *
 * <p>A request goes out at most once a call: the client repeats a refused connect once, and a POST never, unless
 * {@code jdk.httpclient.enableAllMethodRetry} is set: leave it unset.
 *
 * <p>Always HTTP/1.1. Over HTTP/2 the client shares one connection: it fails the calls beyond the streams the server
 * allows, and losing it fails all calls on it at once, either of which looks like the fault of a healthy endpoint.
 */
public final class HttpUpstream implements Upstream {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final long MAX_REPLY_BYTES = 64L << 20;
    private static final int MAX_DETAIL_CHARS = 200;

    // The client's own bound on idle connections (jdk.httpclient.keepalive.timeout), half of what load balancers allow.
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Executor executor = Executors.newVirtualThreadPerTaskExecutor();
    private HttpClient client = newClient();
    private Instant lastUse;

    public HttpUpstream() {
        this(InstantSource.system());
    }

    /** @param clock wall time, as monotonic time may stand still while a function instance is frozen */
    HttpUpstream(InstantSource clock) {
        this.clock = clock;
        this.lastUse = clock.instant();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A call given up, for its time or an interrupt, closes its connection.
     */
    @Override
    public Result call(ProviderRequest request, Duration timeout) throws InterruptedException {
        return begin(request, timeout, HttpUpstream::whole).await(timeout).orElseThrow();
    }

    @Override
    public Pending open(ProviderRequest request, Duration timeout) {
        return begin(request, timeout, head -> isStream(head) ? streamed(head) : whole(head));
    }

    private static boolean isStream(HttpResponse.ResponseInfo head) {
        return head.statusCode() / 100 == 2
                && head.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
    }

    private static BodySubscriber<Result> streamed(HttpResponse.ResponseInfo head) {
        Headers headers = Headers.ofLists(head.headers().map());
        return BodySubscribers.mapping(
                new StreamedBody(), body -> new Streaming(head.statusCode(), headers, body));
    }

    private static BodySubscriber<Result> whole(HttpResponse.ResponseInfo head) {
        Headers headers = Headers.ofLists(head.headers().map());
        return BodySubscribers.mapping(
                BodySubscribers.limiting(BodySubscribers.ofByteArray(), MAX_REPLY_BYTES),
                body -> new Reply(head.statusCode(), headers, body));
    }

    private Pending begin(ProviderRequest request, Duration timeout, BodyHandler<Result> handler) {
        HttpRequest http;
        try {
            http = httpRequest(request);
        } catch (IllegalArgumentException e) {
            return Pending.of(new Failed(FailureClass.TRANSPORT, "IllegalArgumentException: " + e.getMessage()));
        }
        return new Exchange(send(http, handler), timeout);
    }

    /** A call under way. */
    private final class Exchange implements Pending {

        private final CompletableFuture<HttpResponse<Result>> response;
        private final Duration timeout;
        private final long end;
        private boolean isTaken;

        Exchange(CompletableFuture<HttpResponse<Result>> response, Duration timeout) {
            this.response = response;
            this.timeout = timeout;
            this.end = System.nanoTime() + timeout.toNanos();
        }

        @Override
        public Optional<Result> await(Duration longest) throws InterruptedException {
            long left = end - System.nanoTime();
            try {
                Result result = response.get(Math.min(left, longest.toNanos()), TimeUnit.NANOSECONDS).body();
                used();
                isTaken = true;
                return Optional.of(result);
            } catch (TimeoutException e) {
                if (left > longest.toNanos()) {
                    return Optional.empty();
                }
                close();
                return Optional.of(
                        new Failed(FailureClass.TIMEOUT, "no whole reply within " + timeout.toMillis() + " ms"));
            } catch (InterruptedException e) {
                close();
                throw e;
            } catch (ExecutionException e) {
                return Optional.of(
                        new Failed(FailureClass.TRANSPORT, detail(Objects.requireNonNullElse(e.getCause(), e))));
            }
        }

        /** A stream whose head came just now is nobody's: it would hold its connection for ever. */
        @Override
        public void close() {
            if (!isTaken && !response.cancel(true)) {
                var _ = response.thenAccept(late -> {
                    if (late.body() instanceof Streaming(_, _, Body body)) {
                        body.close();
                    }
                });
            }
        }
    }

    /**
     * Drops all idle connections: to be called when the process wakes from a snapshot, where they are dead. Calls in
     * flight end on the connections they have.
     */
    public synchronized void renew() {
        client.shutdown();
        client = newClient();
    }

    // Under the lock, as a client that renew() has shut down takes no more calls. Sending does not block.
    private synchronized CompletableFuture<HttpResponse<Result>> send(
            HttpRequest request, BodyHandler<Result> handler) {
        // A function frozen since its last call wakes with connections that look alive and are not. A client whose
        // thread has died, of memory say, would fail every call from now on.
        if (clock.instant().isAfter(lastUse.plus(KEEP_ALIVE)) || client.isTerminated()) {
            renew();
        }
        used();
        return client.sendAsync(request, handler);
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
        // The client's own messages quote the URI and the header value, which may hold a key.
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
        // Their messages quote what the provider sent: a status line, a header, a number that is none.
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
