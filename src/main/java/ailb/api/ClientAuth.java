package ailb.api;

import ailb.protocol.ApiError;
import ailb.protocol.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Lets in callers that bring one of the client keys, as a bearer token or as {@code x-api-key}. */
final class ClientAuth {

    private static final String BEARER = "bearer ";

    private final ClientKeys keys;

    ClientAuth(ClientKeys keys) {
        this.keys = keys;
    }

    /** Why the caller is turned away; empty when it is let in. */
    Optional<ApiError> refusal(Headers headers) {
        List<String> brought = brought(headers);
        if (brought.isEmpty()) {
            return Optional.of(ApiError.unauthorized(
                    "No API key: send the balancer's client key as 'Authorization: Bearer <key>' or "
                            + "'x-api-key: <key>'."));
        }
        try {
            boolean known = isAnyAmong(keys.current(), brought) || isAnyAmong(keys.refreshed(), brought);
            return known
                    ? Optional.empty()
                    : Optional.of(ApiError.unauthorized("Wrong API key: it is not a client key of this balancer."));
        } catch (ClientKeysException e) {
            return Optional.of(ApiError.unavailable(
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

    private static boolean isAnyAmong(Collection<String> keys, List<String> brought) {
        return brought.stream().anyMatch(key -> isAmong(keys, key));
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
