package ailb.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An LLM provider whose every byte comes from whoever takes its calls: it streams, falls silent and dies as told. */
public final class ControlledProvider implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    public ControlledProvider() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    /** @param endpoint the first segment of the path, by which calls are told apart */
    public String baseUrl(String endpoint) {
        return "http://127.0.0.1:" + listener.getLocalPort() + "/" + endpoint + "/v1";
    }

    /** Waits for the next call. */
    public Call next() throws InterruptedException {
        Call call = calls.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no call came");
        }
        return call;
    }

    /** Whether calls came that nobody has taken. */
    boolean isCalled() {
        return !calls.isEmpty();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> read(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void read(Socket connection) {
        try {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            String path = line(in).split(" ")[1];
            int length = 0;
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String[] header = line.toLowerCase(Locale.ROOT).split(": *", 2);
                length = header[0].equals("content-length") ? Integer.parseInt(header[1]) : length;
            }
            Call call = new Call(connection, path, new String(in.readNBytes(length), UTF_8));
            calls.add(call);
            // Nothing more is sent on this connection: what ends the reading is the other side's end.
            var _ = in.read();
            call.closed.countDown();
        } catch (IOException e) {
            connections.remove(connection);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            line.append((char) b);
        }
        return line.toString().strip();
    }

    /** A call under way. */
    public static final class Call {

        private final Socket connection;
        private final String path;
        private final String body;
        private final CountDownLatch closed = new CountDownLatch(1);

        private Call(Socket connection, String path, String body) {
            this.connection = connection;
            this.path = path;
            this.body = body;
        }

        /** The endpoint that was called. */
        public String endpoint() {
            return path.split("/")[1];
        }

        public String body() {
            return body;
        }

        /** The head of a stream. */
        public void begin() throws IOException {
            write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n");
        }

        /** Events, in one chunk. */
        public void send(String events) throws IOException {
            write(Integer.toHexString(events.getBytes(UTF_8).length) + "\r\n" + events + "\r\n");
        }

        /** The end of a stream. */
        public void end() throws IOException {
            write("0\r\n\r\n");
            connection.close();
        }

        /** A whole answer. */
        public void answer(int status, String json) throws IOException {
            write("HTTP/1.1 " + status + " Status\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    + "Content-Length: " + json.getBytes(UTF_8).length + "\r\n\r\n" + json);
            connection.close();
        }

        /** Resets the connection. */
        public void die() throws IOException {
            connection.setSoLinger(true, 0);
            connection.close();
        }

        /** Sends this again and again until the other side has closed the connection. */
        void sendUntilClosed(String events) {
            try {
                while (closed.getCount() > 0) {
                    send(events);
                }
            } catch (IOException e) {
                // Closed: a write has found it out before the reader.
            }
        }

        private void write(String text) throws IOException {
            connection.getOutputStream().write(text.getBytes(UTF_8));
        }
    }
}
