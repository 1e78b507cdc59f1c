package ailb.http;

import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves {@code api} over plain HTTP/1.1 with Jetty, a virtual thread a request: a client that is slow, or hangs, holds its
 * own thread and nothing else. Only for programs on this machine: whatever comes from elsewhere, as from a web page, is
 * refused (see {@link OwnAddress}).
 */
public final class HttpServer implements AutoCloseable {

    static {
        // It quotes what callers sent, and what goes wrong with an answer is logged here.
        System.setProperty("org.slf4j.simpleLogger.log.org.eclipse.jetty", "error");
    }

    private static final int BACKLOG = 1024;
    private static final int THREADS = 4;
    /** Bytes. Much more than the API takes, so that nearly all heads are read to their end before they are refused. */
    private static final int LONGEST_HEAD = 256 << 10;

    /** A path goes to the API as it was sent, which looks for none of its parts: what others could take for two is one. */
    private static final UriCompliance PATHS = UriCompliance.from(UriCompliance.AMBIGUOUS_VIOLATIONS);

    /** Longer than most clients keep a connection without use, so that they close first. */
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(75);

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Server server;
    private final InetSocketAddress address;
    private final ExecutorService exchanges;

    private HttpServer(Server server, InetSocketAddress address, ExecutorService exchanges) {
        this.server = server;
        this.address = address;
        this.exchanges = exchanges;
    }

    /**
     * Starts serving.
     *
     * @param address to listen at, of loopback; port 0 takes a free one
     * @param maxBodyBytes largest request body that is read for the handler
     * @param handler answers a request; called from many threads at once
     * @param tooLarge answers a request with a larger body, which it is given without
     * @param failure answers a request whose handler threw, or returned a response that is no HTTP
     * @throws IOException when the address cannot be listened at
     */
    public static HttpServer start(
            InetSocketAddress address,
            int maxBodyBytes,
            Function<ApiRequest, ? extends ApiAnswer> handler,
            Function<ApiRequest, ApiResponse> tooLarge,
            Function<ApiRequest, ApiResponse> failure)
            throws IOException {
        return start(address, new Answers(maxBodyBytes, handler, tooLarge, failure), LONGEST_IDLE);
    }

    /** @param longestIdle how long a client may be silent before its request is there */
    static HttpServer start(InetSocketAddress address, Answers answers, Duration longestIdle) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open();
        listening.bind(address, BACKLOG);
        InetSocketAddress bound = (InetSocketAddress) listening.getLocalAddress();
        ExecutorService exchanges = Executors.newVirtualThreadPerTaskExecutor();
        Server server = new Server(new QueuedThreadPool(THREADS, 1));
        ServerConnector connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(configuration()));
        connector.setIdleTimeout(longestIdle.toMillis());
        connector.open(listening);
        server.addConnector(connector);
        server.setHandler(new ExchangeHandler(answers, new OwnAddress(bound.getPort()), exchanges));
        server.setErrorHandler(new Refusals());
        server.setStopTimeout(0);
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException(e);
        }
        return new HttpServer(server, bound, exchanges);
    }

    private static HttpConfiguration configuration() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setRequestHeaderSize(LONGEST_HEAD);
        configuration.setUriCompliance(PATHS);
        return configuration;
    }

    /** Where it listens, with the port it got. */
    public InetSocketAddress address() {
        return address;
    }

    /**
     * Takes no more requests, and returns when those in flight are answered. After 5 s they are interrupted, and a second
     * later cut off.
     */
    @Override
    public void close() {
        close(GRACE, LAST_WORDS);
    }

    void close(Duration grace, Duration lastWords) {
        exchanges.shutdown();
        awaitAnswers(grace);
        exchanges.shutdownNow();
        awaitAnswers(lastWords);
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitAnswers(Duration longest) {
        try {
            exchanges.awaitTermination(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
