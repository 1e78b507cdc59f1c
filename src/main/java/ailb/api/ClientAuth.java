package ailb.api;

import ailb.protocol.ApiError;
import ailb.protocol.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Lets in callers that bring one of the client keys, as a bearer token or as {@code x-api-key}. */
final class ClientAuth {

    private static final String BEARER = "bearer ";

    private final ClientKeys keys;

    ClientAuth(ClientKeys keys) {
        this.keys = keys;
    }

    /** What came of looking at a caller's key. */
    sealed interface Outcome {}

    /** @param client whose key it is */
    record Known(String client) implements Outcome {}

    /** No key, or a wrong one. */
    record Refused(ApiError error) implements Outcome {}

    /** Nobody can tell now. */
    record Unavailable(ApiError error) implements Outcome {}

    Outcome authenticate(Headers headers) {
        List<String> brought = brought(headers);
        if (brought.isEmpty()) {
            return new Refused(ApiError.unauthorized(
                    "No API key: send the balancer's client key as 'Authorization: Bearer <key>' or "
                            + "'x-api-key: <key>'."));
        }
        try {
            return client(keys.current(), brought)
                    .or(() -> client(keys.refreshed(), brought))
                    .<Outcome>map(Known::new)
                    .orElseGet(() -> new Refused(
                            ApiError.unauthorized("Wrong API key: it is not a client key of this balancer.")));
        } catch (ClientKeysException e) {
            return new Unavailable(ApiError.unavailable(
                    "The client keys cannot be read; retry in a moment.", "client_keys_unavailable"));
        }
    }

    /** Of both headers: an SDK may send another service's token, found in its environment, beside the key it was given. */
    private static List<String> brought(Headers headers) {
        Optional<String> bearer = headers.get("authorization")
                .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()));
        return Stream.concat(bearer.stream(), headers.get("x-api-key").stream())
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .toList();
    }

    private static Optional<String> client(Map<String, String> keys, List<String> brought) {
        return brought.stream().flatMap(key -> client(keys, key).stream()).findFirst();
    }

    /**
     * Takes the same time wherever the keys differ, and however long they are: digests are compared, all of them. Of two
     * clients with the same key it is the first by name.
     */
    private static Optional<String> client(Map<String, String> keys, String brought) {
        byte[] digest = digest(brought);
        Optional<String> client = Optional.empty();
        for (Map.Entry<String, String> key : new TreeMap<>(keys).descendingMap().entrySet()) {
            if (MessageDigest.isEqual(digest(key.getValue()), digest)) {
                client = Optional.of(key.getKey());
            }
        }
        return client;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
