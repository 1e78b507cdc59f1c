package ailb.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on loopback that does to its connections what a script says, bytes and all. */
public final class FaultyServer implements AutoCloseable {

    /** What happens on one connection; its socket is closed when it returns. */
    public interface Script {
        void run(Connection connection) throws IOException, InterruptedException;
    }

    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");

    private final ServerSocket listener;
    private final Script script;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private FaultyServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
    }

    public static FaultyServer running(Script script) throws IOException {
        FaultyServer server = new FaultyServer(new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()), script);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/v1/chat/completions");
    }

    /** Heads and bodies of the requests read so far. */
    List<String> requests() {
        return requests;
    }

    List<Connection> connections() {
        return connections;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Connection connection : connections) {
            connection.socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Connection connection = new Connection(listener.accept());
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Connection connection) {
        try (connection.socket) {
            script.run(connection);
        } catch (IOException e) {
            connection.broken.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connection.ended.countDown();
        }
    }

    public final class Connection {

        private final Socket socket;
        private final InputStream in;
        private final AtomicLong sent = new AtomicLong();
        private final CountDownLatch broken = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        /** Reads one request, head and body; throws when the client hangs up instead. */
        public void readRequest() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int read = in.read();
                if (read < 0) {
                    throw new IOException("client hung up");
                }
                head.append((char) read);
            }
            Matcher length = LENGTH.matcher(head);
            int bodyLength = length.find() ? Integer.parseInt(length.group(1)) : 0;
            requests.add(head + new String(in.readNBytes(bodyLength), ISO_8859_1));
        }

        public void send(String text) throws IOException {
            send(text.getBytes(ISO_8859_1));
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            sent.addAndGet(bytes.length);
        }

        /** Bytes that the client has read, or that buffers hold for it. */
        long sent() {
            return sent.get();
        }

        void sendOk(String body) throws IOException {
            send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }

        /** Closes with a reset instead of a goodbye. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Closes while the script reads; the client's end knows when this returns. */
        void closeWhileIdle() throws IOException, InterruptedException {
            socket.close();
            ended.await();
        }

        /** As {@link #closeWhileIdle}, with a reset. */
        void resetWhileIdle() throws IOException, InterruptedException {
            reset();
            ended.await();
        }

        /** Reads until the client hangs up, which ends the script. */
        public void hang() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
            throw new IOException("client hung up");
        }

        /** Notices a hang-up while the script is sending. */
        void watchForHangUp() {
            Thread.ofVirtual().start(() -> {
                try {
                    hang();
                } catch (IOException e) {
                    broken.countDown();
                }
            });
        }

        /** Waits a while between bytes; throws when the client has hung up. */
        void pause() throws IOException, InterruptedException {
            if (broken.await(5, TimeUnit.MILLISECONDS)) {
                throw new IOException("client hung up");
            }
        }

        /** True when the client hung up in the middle of the script, which is waited for. */
        boolean clientHungUp() throws InterruptedException {
            return broken.await(10, TimeUnit.SECONDS);
        }
    }
}
