package ailb.aws;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on loopback that answers each request as a script says, or not at all. */
final class ScriptedServer implements AutoCloseable {

    /** What is done with one request. */
    sealed interface Step {}

    record Reply(int status, String body) implements Step {}

    /** Answers, and hangs up with a goodbye. */
    record ReplyThenHangUp(String body) implements Step {}

    record HangUp() implements Step {}

    /** Hangs up with a reset. */
    record Reset() implements Step {}

    /** Says nothing, and leaves the connection open. */
    record Silence() implements Step {}

    /** Decides about a request. */
    interface Script {

        /** @param number of the request, from 1 on */
        Step on(int number);
    }

    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");

    private final ServerSocket listener;
    private final Script script;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Semaphore arrivals = new Semaphore(0);
    private final Semaphore hangUps = new Semaphore(0);

    ScriptedServer(Script script) {
        this.script = script;
        try {
            listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Requests read so far, heads and bodies. */
    List<String> requests() {
        return requests;
    }

    int connections() {
        return connections.size();
    }

    /** Waits for a request more to have been read. */
    void awaitRequest() throws InterruptedException {
        arrivals.acquire();
    }

    /** Waits for a connection more to have been hung up on by the script. */
    void awaitHangUp() throws InterruptedException {
        hangUps.acquire();
        passLoopback();
    }

    /** What was on its way to a client before is there afterwards: the loopback hands on in order. */
    private void passLoopback() {
        try {
            new Socket(listener.getInetAddress(), listener.getLocalPort()).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            boolean open = true;
            while (open) {
                requests.add(request(in));
                arrivals.release();
                open = act(connection, script.on(requests.size()));
            }
            connection.close();
            hangUps.release();
        } catch (IOException e) {
            // the client hung up, or the server was closed
        }
    }

    /** False when the connection is to be closed. */
    private static boolean act(Socket connection, Step step) throws IOException {
        return switch (step) {
            case Reply(int status, String body) -> {
                send(connection, status, body);
                yield true;
            }
            case ReplyThenHangUp(String body) -> {
                send(connection, 200, body);
                yield false;
            }
            case HangUp() -> false;
            case Reset() -> {
                connection.setSoLinger(true, 0);
                yield false;
            }
            case Silence() -> true;
        };
    }

    private static void send(Socket connection, int status, String body) throws IOException {
        String reply = "HTTP/1.1 " + status + " Status\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        connection.getOutputStream().write(reply.getBytes(ISO_8859_1));
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = in.read();
            if (read < 0) {
                throw new IOException("client hung up");
            }
            head.append((char) read);
        }
        Matcher length = LENGTH.matcher(head);
        return head + new String(in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0), ISO_8859_1);
    }
}
