package ailb.http;

import ailb.api.ApiResponse;
import ailb.api.ApiStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;

/**
 * The way to the caller of one request. Each piece goes out at once, as whoever asked for a stream wants to see it grow;
 * sending waits until it is taken.
 */
final class ToCaller implements ApiStream.Connection {

    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e\\xa0-\\xff]*");
    private static final Set<String> SET_BY_THE_SERVER = Set.of("content-length", "date", "transfer-encoding");

    private final Response response;
    private boolean hasBegun;
    private boolean isStream;

    ToCaller(Response response) {
        this.response = response;
    }

    boolean hasBegun() {
        return hasBegun;
    }

    @Override
    public void send(ApiResponse answer) throws IOException {
        head(http(answer));
        if (HttpMethod.HEAD.is(response.getRequest().getMethod())) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
            Content.Sink.write(response, true, BufferUtil.EMPTY_BUFFER);
        } else {
            byte[] body = isBodiless(answer.status()) ? new byte[0] : answer.body();
            Content.Sink.write(response, true, ByteBuffer.wrap(body));
        }
    }

    @Override
    public void begin(int status, Map<String, String> headers) throws IOException {
        head(http(new ApiResponse(status, headers, new byte[0])));
        isStream = true;
        if (response.getRequest().getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
            // Otherwise, where the connection is closed then, an answer that is cut off could be taken for whole.
            response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
        }
        Content.Sink.write(response, false, BufferUtil.EMPTY_BUFFER);
    }

    @Override
    public void send(byte[] part) throws IOException {
        Content.Sink.write(response, false, ByteBuffer.wrap(part));
    }

    void end() throws IOException {
        if (isStream) {
            Content.Sink.write(response, true, BufferUtil.EMPTY_BUFFER);
        }
    }

    private void head(ApiResponse answer) {
        hasBegun = true;
        response.setStatus(answer.status());
        answer.headers().forEach((name, value) -> {
            if (!SET_BY_THE_SERVER.contains(name.toLowerCase(Locale.ROOT))) {
                response.getHeaders().put(name, value);
            }
        });
    }

    private static boolean isBodiless(int status) {
        return status == 204 || status == 304;
    }

    /** Throws where a response would not be HTTP on the wire: above all, where a line break would end a header early. */
    static ApiResponse http(ApiResponse response) {
        if (response.status() < 200 || response.status() > 599) {
            throw new IllegalArgumentException("no final HTTP status: " + response.status());
        }
        response.headers().forEach((name, value) -> {
            if (!HEADER_NAME.matcher(name).matches() || !HEADER_VALUE.matcher(value).matches()) {
                throw new IllegalArgumentException("a response header cannot be sent");
            }
        });
        return response;
    }
}
