package ailb.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Where a handler in another process waits for the test, or tells it something, beside its answer. */
final class SideChannel implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    SideChannel() throws IOException {
        server.setSoTimeout((int) TimeUnit.SECONDS.toMillis(FakeApi.PATIENCE_SECONDS));
    }

    int port() {
        return server.getLocalPort();
    }

    /** Lets a handler go on that waits, or will. */
    void release() throws IOException {
        try (Socket socket = server.accept()) {
            socket.getOutputStream().write('!');
        }
    }

    /** Waits for a line. */
    String line() throws IOException {
        try (Socket socket = server.accept(); BufferedReader lines = reader(socket)) {
            return lines.readLine();
        }
    }

    /** The lines of one handler, as they come. */
    BlockingQueue<String> lines() throws IOException {
        Socket socket = server.accept();
        BlockingQueue<String> all = new LinkedBlockingQueue<>();
        Thread.ofVirtual().start(() -> {
            try (socket; BufferedReader lines = reader(socket)) {
                lines.lines().forEach(all::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                // The process was ended.
            }
        });
        return all;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
