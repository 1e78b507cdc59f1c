package ailb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.stream.Collectors;

/** All that a function wrote, read by the gateway's rules. */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
public record FunctionAnswer(int status, Map<String, String> headers, byte[] body) {

    /** @throws AssertionError where the gateway would not take it */
    public static FunctionAnswer read(byte[] written) {
        try {
            PreludeReader.Beginning answer = new PreludeReader().add(written)
                    .orElseThrow(() -> new AssertionError("no eight NULs after the prelude"));
            Map<String, String> headers = answer.prelude()
                    .headers()
                    .stream()
                    .collect(Collectors.toMap(Header::name, Header::value));
            return new FunctionAnswer(answer.prelude().status(), headers, answer.body());
        } catch (MalformedAnswerException e) {
            throw new AssertionError("the gateway does not take this answer", e);
        }
    }

    public String text() {
        return new String(body, UTF_8);
    }
}
