package ailb.aws;

import ailb.api.ClientKeys;
import ailb.api.ClientKeysException;
import ailb.port.TimeSource;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The keys of callers, clients or the admin, in one secret of Secrets Manager: a JSON object of names and keys. A copy
 * is kept for 5 minutes, and longer while the secret cannot be read.
 */
public final class SecretsManagerClientKeys implements ClientKeys {

    /** Shorter keys could be guessed. */
    static final int SHORTEST_KEY = 20;

    /** Longest name of a client, in characters. The name is part of a key in the table with each batch. */
    static final int LONGEST_NAME = 128;

    /** Wrong keys cause a fetch of the secret at most this often. */
    private static final Duration REFRESH = Duration.ofSeconds(10);

    /** Longest name that a log line shows whole, in characters. A longer one may be a key in place of a name. */
    private static final int LONGEST_SHOWN = 16;

    private static final System.Logger LOG = System.getLogger(SecretsManagerClientKeys.class.getName());

    private final CachedSecret secret;
    private final String whose;
    private final Set<String> complaints = ConcurrentHashMap.newKeySet();

    private SecretsManagerClientKeys(CachedSecret secret, String whose) {
        this.secret = secret;
        this.whose = whose;
    }

    /** @param secretId name or ARN of the secret */
    public static SecretsManagerClientKeys ofClients(SecretsManagerClient client, String secretId, TimeSource time) {
        return new SecretsManagerClientKeys(new CachedSecret(client, secretId, time), "client");
    }

    /** @param secretId name or ARN of the secret */
    public static SecretsManagerClientKeys ofAdmin(SecretsManagerClient client, String secretId, TimeSource time) {
        return new SecretsManagerClientKeys(new CachedSecret(client, secretId, time), "admin");
    }

    @Override
    public Map<String, String> current() {
        return keys(secret.reading(CachedSecret.MAX_AGE, _ -> true));
    }

    @Override
    public Map<String, String> refreshed() {
        return keys(secret.reading(REFRESH, _ -> true));
    }

    private Map<String, String> keys(CachedSecret.Reading reading) {
        return switch (reading) {
            case SecretMap map -> usable(map);
            case CachedSecret.NotAMap() ->
                throw unreadable("the secret is not a JSON object of names and keys");
            case CachedSecret.Unreadable(String cause) -> throw unreadable(cause);
        };
    }

    private ClientKeysException unreadable(String cause) {
        return new ClientKeysException("The " + whose + " keys cannot be read: " + cause,
                new IllegalStateException(cause));
    }

    private Map<String, String> usable(SecretMap map) {
        map.faults().forEach(this::complain);
        Map<String, String> keys = new HashMap<>();
        for (Map.Entry<String, String> client : map.keys().entrySet()) {
            if (client.getValue().length() < SHORTEST_KEY) {
                complain(client.getKey(), "is shorter than " + SHORTEST_KEY + " characters");
            } else if (client.getKey().length() > LONGEST_NAME) {
                complain(client.getKey(), "has a name of more than " + LONGEST_NAME + " characters");
            } else {
                keys.put(client.getKey(), client.getValue());
            }
        }
        return Map.copyOf(keys);
    }

    /** Logs each complaint once. */
    private void complain(String client, String fault) {
        String name = client.length() > LONGEST_SHOWN ? client.substring(0, 4) + "..." : client;
        String complaint = "The key of " + whose + " '" + name + "' is not accepted: it " + fault;
        if (complaints.add(complaint)) {
            LOG.log(Level.WARNING, complaint);
        }
    }
}
