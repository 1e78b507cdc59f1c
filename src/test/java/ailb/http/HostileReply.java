package ailb.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** A reply that is too much in one way. */
record HostileReply(String name, FaultyServer.Script script) {

    private static final int MEGABYTE = 1 << 20;

    private static final String JSON = "Content-Type: application/json";
    private static final String EVENTS = "Content-Type: text/event-stream";

    static List<HostileReply> all() throws IOException {
        return Stream.concat(tooLong().stream(), tooMuch().stream()).toList();
    }

    /** They would have no end. */
    private static List<HostileReply> tooLong() {
        return List.of(
                endless("60 MB of []", "200 OK", JSON, "[", "[],"),
                endless("blanks before JSON", "200 OK", JSON, "", " \n"),
                endless("an error of 400", "400 Bad Request", JSON, "{\"error\":{\"message\":\"", "no "),
                endless("an error of 500", "500 Oops", JSON, "{\"error\":{\"message\":\"", "no "),
                endless("comments", "200 OK", EVENTS, "", ": wait\n\n"),
                endless("blank lines", "200 OK", EVENTS, "", "\n"),
                endless("one event", "200 OK", EVENTS, "data: ", "x"),
                endless("lines of one event", "200 OK", EVENTS, "", "data: x\n"),
                endless("events of another kind", "200 OK", EVENTS, "",
                        "event: ping\ndata: {\"type\":\"ping\",\"choices\":[]}\n\n"),
                endless("events without content", "200 OK", EVENTS, "",
                        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}],"
                                + "\"type\":\"message_start\",\"message\":{}}\n\n"),
                endless("a header", "200 OK", "X-Long: ", "", "x"),
                endless("headers", "200 OK", "X-First: 1", "X-Next: 1\r\n", "X-Next: 1\r\n"));
    }

    private static HostileReply endless(String name, String status, String header, String start, String part) {
        byte[] piece = part.repeat(64 * 1024 / part.length()).getBytes(StandardCharsets.UTF_8);
        boolean isHead = header.startsWith("X-");
        return new HostileReply(name, connection -> {
            connection.readRequest();
            connection.watchForHangUp();
            connection.send("HTTP/1.1 " + status + "\r\n" + header + (isHead ? "" : "\r\n\r\n") + start);
            for (long sent = 0; sent < 60L * MEGABYTE; sent += piece.length) {
                connection.send(piece);
            }
            connection.hang();
        });
    }

    /** They end, and are small enough as they come. */
    private static List<HostileReply> tooMuch() throws IOException {
        byte[] bomb = gzip(1024);
        return List.of(
                whole("15 MB of []", JSON, "[" + "[],".repeat(5 * MEGABYTE) + "[]]"),
                whole("15 MB of {}", JSON, "{\"choices\":[" + "{},".repeat(5 * MEGABYTE) + "{}]}"),
                whole("15 MB of fractions", JSON, "{\"choices\":[" + "1.5,".repeat(15 * MEGABYTE / 4) + "0]}"),
                whole("15 MB of names", JSON, "{\"error\":{" + "\"a\":{},".repeat(2 * MEGABYTE) + "\"b\":0}}"),
                whole("a name of 15 MB", JSON, "{\"" + "a".repeat(15 * MEGABYTE) + "\":0}"),
                whole("a number of a million digits", JSON, "{\"choices\":" + "1".repeat(MEGABYTE) + "}"),
                whole("arrays in arrays", JSON, "[".repeat(MEGABYTE)),
                whole("no UTF-8", JSON, "{\"choices\":[{\"message\":\"\u00FF\u00FE\u00C0\u00AF\"}]}"),
                whole("an event of 900 KB of []", EVENTS,
                        "data: [" + "[],".repeat(300_000) + "[]]\n\n"),
                zipped("1 GB in gzip", JSON, bomb),
                zipped("1 GB of events in gzip", EVENTS, bomb));
    }

    private static HostileReply whole(String name, String header, String body) {
        return again(name, header, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static HostileReply zipped(String name, String header, byte[] gzip) {
        return again(name, "Content-Encoding: gzip\r\n" + header, gzip);
    }

    /** The same to each request of a connection. */
    private static HostileReply again(String name, String header, byte[] body) {
        return new HostileReply(name, connection -> {
            while (true) {
                connection.readRequest();
                connection.send("HTTP/1.1 200 OK\r\n" + header + "\r\nContent-Length: " + body.length + "\r\n\r\n");
                connection.send(body);
            }
        });
    }

    private static byte[] gzip(int megabytes) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        byte[] zeros = new byte[MEGABYTE];
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            for (int i = 0; i < megabytes; i++) {
                out.write(zeros);
            }
        }
        return zipped.toByteArray();
    }
}
