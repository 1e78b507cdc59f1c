package ailb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A caller that shows what is on the wire. */
final class RawCaller implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    RawCaller(URI uri) throws IOException {
        socket = new Socket(uri.getHost(), uri.getPort());
        in = new BufferedInputStream(socket.getInputStream());
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    void get(String target) throws IOException {
        send("GET " + target + " HTTP/1.1\r\nHost: api.example\r\n\r\n");
    }

    /** The next head, without the empty line that ends it. */
    List<String> readHead() throws IOException {
        List<String> head = new ArrayList<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            head.add(line);
        }
        return head;
    }

    /** The next chunk; the last one is empty. */
    String readChunk() throws IOException {
        int length = Integer.parseInt(readLine(), 16);
        byte[] bytes = in.readNBytes(length);
        readLine();
        return new String(bytes, ISO_8859_1);
    }

    /** All bytes until the connection ends. */
    String readToEnd() throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }

    String read(int length) throws IOException {
        return new String(in.readNBytes(length), ISO_8859_1);
    }

    String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new EOFException("the gateway ended the connection after: " + line);
            }
            line.append((char) read);
        }
        return line.toString().strip();
    }

    /** Ends the connection so that the other side's next write fails. */
    void hangUp() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
