package ailb.runtime;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One request to the Runtime API and its response, on its own socket. Sockets are not reused, as a snapshot or a freeze
 * would break them. Reads have no timeout: the next invocation may be hours away.
 */
final class Exchange implements AutoCloseable {

    private static final int CONNECT_MILLIS = 10_000;
    private static final int BUFFER = 20 * 1024;

    private final Socket socket;
    private final OutputStream out;

    private Exchange(Socket socket) throws IOException {
        this.socket = socket;
        this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    }

    @SuppressWarnings("AddressSelection") // Lambda gives an address, not a name.
    static Exchange open(String host, int port) throws IOException {
        Socket socket = new Socket();
        try {
            // Otherwise a small chunk can wait 40 ms for the acknowledgement of the one before.
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), CONNECT_MILLIS);
            return new Exchange(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Buffers ASCII text. */
    void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Buffers bytes. */
    void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    /** Sends what was buffered. */
    void flush() throws IOException {
        out.flush();
    }

    /** Waits for the answer; to be called once. */
    Answer readAnswer() throws IOException {
        return new AnswerReader(new BufferedInputStream(socket.getInputStream())).read();
    }

    /** Closes the socket. Reads and writes that wait on it fail. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
