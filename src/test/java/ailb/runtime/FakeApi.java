package ailb.runtime;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Lambda's side of the Runtime API on plain sockets. It sees the chunks of a response as they come, and treats a response
 * as a test says: takes it, refuses it, breaks off, reads slowly.
 */
public final class FakeApi implements AutoCloseable {

    /** A generous bound for what takes a second at most, on a machine that may be busy. */
    static final long PATIENCE_SECONDS = 60;

    /** What the API does with a response once its head is read. */
    public interface Conduct {
        void treat(Incoming response) throws Exception;
    }

    /** Takes all of it. */
    public static final Conduct ACCEPT = response -> {
        response.takeAll();
        response.answer(202, "{\"status\":\"OK\"}");
    };

    /** Takes all of it, and answers so. */
    static Conduct answering(int status) {
        return response -> {
            response.takeAll();
            response.answer(status, "{\"errorType\":\"Refused\"}");
        };
    }

    /** Takes a chunk, answers, and takes no more, with the connection open. */
    static Conduct refusingAfterAChunk(int status) {
        return response -> {
            response.take();
            response.answer(status, "{\"errorType\":\"RequestEntityTooLarge\"}");
            response.hold();
        };
    }

    /** Takes a chunk, and resets the connection. */
    public static final Conduct RESET_AFTER_A_CHUNK = response -> {
        response.take();
        response.reset();
    };

    public record Message(Map<String, String> headers, String body) {}

    private static final String ROOT = "/2018-06-01/runtime/";

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Invoked> waiting = new LinkedBlockingQueue<>();
    private final Map<String, Invoked> underWay = new ConcurrentHashMap<>();
    private final CompletableFuture<Message> initError = new CompletableFuture<>();
    private final CompletableFuture<Message> restoreError = new CompletableFuture<>();
    private final CountDownLatch checkpoint = new CountDownLatch(1);
    private final CountDownLatch restored = new CountDownLatch(1);
    private volatile boolean broken;
    private final CountDownLatch closed = new CountDownLatch(1);

    public FakeApi() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    public String authority() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** The calls so far, in order, as {@code GET invocation/next}. */
    public List<String> calls() {
        return calls;
    }

    public Invoked invoke(String event) {
        return invoke(event, ACCEPT);
    }

    public Invoked invoke(String event, Conduct conduct) {
        return invoke(event, Map.of(), conduct);
    }

    /** @param headers over those that an invocation always has */
    public Invoked invoke(String event, Map<String, String> headers, Conduct conduct) {
        Invoked invoked = new Invoked(event, headers, conduct);
        underWay.put(invoked.id, invoked);
        waiting.add(invoked);
        return invoked;
    }

    /** The next call for an invocation, or for the restore, is answered with 500. */
    public void breakDown() {
        broken = true;
        waiting.add(new Invoked("", Map.of(), ACCEPT, true));
    }

    public Message initError() throws Exception {
        return await(initError);
    }

    public Message restoreError() throws Exception {
        return await(restoreError);
    }

    public void awaitCheckpoint() throws InterruptedException {
        if (!checkpoint.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody asked for the restore");
        }
    }

    public void restore() {
        restored.countDown();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (Incoming request = new Incoming(socket, closed)) {
            request.readHead();
            calls.add(request.method + " " + request.path.replaceFirst("/[-0-9a-f]{36}/", "/"));
            answer(request);
        } catch (IOException | InterruptedException e) {
            // The other side broke off, or the test is over.
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            sockets.remove(socket);
        }
    }

    private void answer(Incoming request) throws Exception {
        String[] parts = request.path.split("/");
        switch (parts[0] + "/" + parts[parts.length - 1]) {
            case "invocation/next" -> request.hand(waiting.take());
            case "invocation/response" -> {
                Invoked invoked = underWay.get(parts[1]);
                request.invoked = invoked;
                invoked.head.complete(request.headers);
                invoked.conduct.treat(request);
            }
            case "invocation/error" -> take(request, underWay.get(parts[1]).error);
            case "init/error" -> take(request, initError);
            case "restore/error" -> take(request, restoreError);
            case "restore/next" -> {
                checkpoint.countDown();
                restored.await();
                request.answer(broken ? 500 : 200, "");
            }
            default -> request.answer(404, "");
        }
    }

    private static void take(Incoming request, CompletableFuture<Message> to) throws IOException {
        to.complete(new Message(request.headers, request.body()));
        request.answer(202, "{\"status\":\"OK\"}");
    }

    /** An invocation, and what has come of it. */
    public static final class Invoked {

        final String id = UUID.randomUUID().toString();
        final long deadline = System.currentTimeMillis() + 600_000;
        private final String event;
        private final Map<String, String> headers;
        private final Conduct conduct;
        private final boolean broken;
        private final BlockingQueue<String> chunks = new LinkedBlockingQueue<>();
        private final CompletableFuture<Map<String, String>> head = new CompletableFuture<>();
        private final CompletableFuture<Map<String, String>> trailers = new CompletableFuture<>();
        private final CompletableFuture<Message> error = new CompletableFuture<>();

        private Invoked(String event, Map<String, String> headers, Conduct conduct) {
            this(event, headers, conduct, false);
        }

        private Invoked(String event, Map<String, String> headers, Conduct conduct, boolean broken) {
            this.event = event;
            this.headers = headers;
            this.conduct = conduct;
            this.broken = broken;
        }

        /** Of the response. */
        public Map<String, String> head() throws Exception {
            return await(head);
        }

        /** Waits for the next chunk. */
        public String chunk() throws InterruptedException {
            String chunk = chunks.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (chunk == null) {
                throw new AssertionError("no further chunk");
            }
            return chunk;
        }

        /** Waits for the end of the response, and returns what came after its last chunk. */
        public Map<String, String> trailers() throws Exception {
            return await(trailers);
        }

        /** Waits for the end, and returns what no {@link #chunk} has taken. */
        public String rest() throws Exception {
            trailers();
            return String.join("", chunks);
        }

        public Message error() throws Exception {
            return await(error);
        }

        /** Done when the instance reports that the invocation failed before its response began. */
        public CompletableFuture<Message> failure() {
            return error;
        }

        public boolean hasResponse() {
            return head.isDone();
        }
    }

    /** A request as it comes in. */
    public static final class Incoming implements Closeable {

        private final Socket socket;
        private final InputStream in;
        private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private final CountDownLatch closed;
        private String method = "";
        private String path = "";
        private Invoked invoked;

        private Incoming(Socket socket, CountDownLatch closed) throws IOException {
            this.socket = socket;
            this.closed = closed;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        private void readHead() throws IOException {
            String[] words = line().split(" ");
            method = words[0];
            path = words[1].substring(ROOT.length());
            readFields(headers);
        }

        private void readFields(Map<String, String> fields) throws IOException {
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException();
                }
                line.append((char) b);
            }
            return line.substring(0, line.length() - 1);
        }

        private String body() throws IOException {
            return new String(
                    in.readNBytes(Integer.parseInt(headers.get("content-length"))), StandardCharsets.UTF_8);
        }

        /** Waits for a chunk, which the invocation then has too; null at the end of the response. */
        public String take() throws IOException {
            byte[] bytes = takeBytes();
            if (bytes == null) {
                return null;
            }
            String chunk = new String(bytes, StandardCharsets.UTF_8);
            invoked.chunks.add(chunk);
            return chunk;
        }

        /** Waits for a chunk, which nobody else has; null at the end of the response. */
        public byte[] takeBytes() throws IOException {
            int size = Integer.parseInt(line(), 16);
            if (size == 0) {
                Map<String, String> trailers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                readFields(trailers);
                invoked.trailers.complete(trailers);
                return null;
            }
            byte[] bytes = in.readNBytes(size);
            line();
            return bytes;
        }

        /** What came after the last chunk. */
        public Map<String, String> trailers() {
            return invoked.trailers.resultNow();
        }

        public void takeAll() throws IOException {
            while (take() != null) {
                continue;
            }
        }

        /** Keeps the connection open, and does nothing with it, until the fake is closed. */
        public void hold() throws InterruptedException {
            closed.await();
        }

        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        public void answer(int status, String body) throws IOException {
            send("HTTP/1.1 " + status + " Status\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\nConnection: close\r\n\r\n" + body);
        }

        /** In chunks, as Lambda sends larger events. */
        private void hand(Invoked next) throws IOException {
            if (next.broken) {
                answer(500, "{}");
                return;
            }
            Map<String, String> fields = new TreeMap<>(
                    Map.of(
                            "Content-Type", "application/json",
                            "Lambda-Runtime-Aws-Request-Id", next.id,
                            "Lambda-Runtime-Deadline-Ms", Long.toString(next.deadline),
                            "Lambda-Runtime-Invoked-Function-Arn",
                            "arn:aws:lambda:us-east-1:123456789012:function:f:live",
                            "Transfer-Encoding", "chunked"));
            fields.putAll(next.headers);
            StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n");
            fields.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
            int size = next.event.getBytes(StandardCharsets.UTF_8).length;
            send(head + "\r\n" + (size == 0 ? "" : Integer.toHexString(size) + "\r\n" + next.event + "\r\n")
                    + "0\r\n\r\n");
        }

        private void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
