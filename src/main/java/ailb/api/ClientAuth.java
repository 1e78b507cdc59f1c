package ailb.api;

import ailb.batch.Caller;
import ailb.protocol.error.ApiError;
import ailb.protocol.json.Sha256;
import ailb.protocol.wire.Headers;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Identifies callers by their key, in a bearer token or in {@code x-api-key}. */
final class ClientAuth {

    private static final String BEARER = "bearer ";

    private final CallerKeys keys;

    ClientAuth(CallerKeys keys) {
        this.keys = keys;
    }

    /** The result of checking a caller's key. */
    sealed interface Outcome {}

    /** @param caller the owner of the key */
    record Known(Caller caller) implements Outcome {}

    /** The key is missing or wrong. */
    record Refused(ApiError error) implements Outcome {}

    /** The keys cannot be read at the moment. */
    record Unavailable(ApiError error) implements Outcome {}

    Outcome authenticate(Headers headers) {
        List<String> brought = brought(headers);
        if (brought.isEmpty()) {
            return new Refused(ApiError.unauthorized(
                    "No API key: send the balancer's client key as 'Authorization: Bearer <key>' or "
                            + "'x-api-key: <key>'."));
        }
        Lookup known = look(ClientKeys::current, brought);
        return switch (known instanceof Found ? known : look(ClientKeys::refreshed, brought)) {
            case Found(Caller caller) -> new Known(caller);
            case NotAmongThem() ->
                new Refused(ApiError.unauthorized("Wrong API key: it is not a client key of this balancer."));
            case Unread() ->
                new Unavailable(
                        ApiError.unavailable(
                                "The client keys cannot be read; retry in a moment.", "client_keys_unavailable"));
        };
    }

    /** The result of looking for a key in one set of keys. */
    private sealed interface Lookup {}

    private record Found(Caller caller) implements Lookup {}

    private record NotAmongThem() implements Lookup {}

    private record Unread() implements Lookup {}

    /** If the admin's keys cannot be read, clients are served and nobody is the admin. */
    private Lookup look(Function<ClientKeys, Map<String, String>> read, List<String> brought) {
        Lookup admin = look(() -> read.apply(keys.admins()), brought, Caller.Admin::new);
        if (admin instanceof Found) {
            return admin;
        }
        Lookup client = look(() -> read.apply(keys.clients()), brought, Caller.Client::new);
        return client instanceof NotAmongThem ? admin : client;
    }

    private static Lookup look(
            Supplier<Map<String, String>> keys, List<String> brought, Function<String, Caller> role) {
        try {
            return name(keys.get(), brought)
                    .<Lookup>map(name -> new Found(role.apply(name)))
                    .orElseGet(NotAmongThem::new);
        } catch (ClientKeysException e) {
            return new Unread();
        }
    }

    /**
     * The keys from both headers: an SDK may send another service's token from its environment in addition to the
     * configured key.
     */
    private static List<String> brought(Headers headers) {
        Optional<String> bearer = headers.get("authorization")
                .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()));
        return Stream.concat(bearer.stream(), headers.get("x-api-key").stream())
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .toList();
    }

    private static Optional<String> name(Map<String, String> keys, List<String> brought) {
        return brought.stream().flatMap(key -> name(keys, key).stream()).findFirst();
    }

    /**
     * Takes constant time, wherever the keys differ and whatever their length: it compares the digests of all keys. If
     * two names have the same key, the first name wins.
     */
    private static Optional<String> name(Map<String, String> keys, String brought) {
        byte[] digest = Sha256.bytes(brought);
        Optional<String> name = Optional.empty();
        for (Map.Entry<String, String> key : new TreeMap<>(keys).descendingMap().entrySet()) {
            if (MessageDigest.isEqual(Sha256.bytes(key.getValue()), digest)) {
                name = Optional.of(key.getKey());
            }
        }
        return name;
    }
}
