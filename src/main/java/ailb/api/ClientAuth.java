package ailb.api;

import ailb.protocol.ApiError;
import ailb.protocol.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Lets in callers that bring one of the client keys, as a bearer token or as {@code x-api-key}. */
final class ClientAuth {

    private static final String BEARER = "bearer ";

    private final ClientKeys keys;

    ClientAuth(ClientKeys keys) {
        this.keys = keys;
    }

    /** Why the caller is turned away; empty when it is let in. */
    Optional<ApiError> refusal(Headers headers) {
        Optional<String> brought = brought(headers);
        if (brought.isEmpty()) {
            return Optional.of(ApiError.unauthorized(
                    "No API key: send the balancer's client key as 'Authorization: Bearer <key>' or "
                            + "'x-api-key: <key>'."));
        }
        try {
            boolean known = isAmong(keys.current(), brought.get()) || isAmong(keys.refreshed(), brought.get());
            return known
                    ? Optional.empty()
                    : Optional.of(ApiError.unauthorized("Wrong API key: it is not a client key of this balancer."));
        } catch (ClientKeysException e) {
            return Optional.of(ApiError.unavailable(
                    "The client keys cannot be read; retry in a moment.", "client_keys_unavailable"));
        }
    }

    private static Optional<String> brought(Headers headers) {
        Optional<String> bearer = headers.get("authorization")
                .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).strip());
        return bearer.or(() -> headers.get("x-api-key").map(String::strip)).filter(key -> !key.isEmpty());
    }

    /** Takes the same time wherever the keys differ, and however long they are: digests are compared, all of them. */
    private static boolean isAmong(Collection<String> keys, String brought) {
        byte[] digest = digest(brought);
        boolean found = false;
        for (String key : keys) {
            found |= MessageDigest.isEqual(digest(key), digest);
        }
        return found;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
