package ailb.aws;

import ailb.port.ApiKeys;
import ailb.port.TimeSource;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The providers' API keys in one secret of Secrets Manager: a JSON object of names and keys. A copy is kept for 5
 * minutes, and longer while the secret cannot be read. A missing name causes a fetch once a second.
 */
public final class SecretsManagerKeys implements ApiKeys {

    private static final System.Logger LOG = System.getLogger(SecretsManagerKeys.class.getName());

    private final CachedSecret secret;
    private final List<String> names;
    private final Set<String> complaints = ConcurrentHashMap.newKeySet();

    /**
     * @param secretId name or ARN of the secret
     * @param names the keys' names that the pool uses: for telling the owner how to put them
     */
    public SecretsManagerKeys(
            SecretsManagerClient client, String secretId, Collection<String> names, TimeSource time) {
        this.secret = new CachedSecret(client, secretId, time);
        this.names = List.copyOf(names);
    }

    @Override
    public Lookup get(String name) {
        return lookup(
                name,
                secret.reading(CachedSecret.MAX_AGE, map -> map.keys().containsKey(name) || secret.isFresh()));
    }

    @Override
    public Lookup refresh(String name, ApiKey refused) {
        return lookup(name, secret.reading(CachedSecret.MAX_AGE, map -> {
            String known = map.keys().get(name);
            return known != null && !known.equals(refused.value());
        }));
    }

    private Lookup lookup(String name, CachedSecret.Reading reading) {
        return switch (reading) {
            case SecretMap map -> {
                String key = map.keys().get(name);
                yield key == null ? missing(fault(name, map.faults().get(name)), name) : new ApiKey(key);
            }
            case CachedSecret.NotAMap() ->
                missing("The secret is not a JSON object of names and keys.", name);
            case CachedSecret.Unreadable(String cause) -> new Unavailable(cause);
        };
    }

    private static String fault(String name, @Nullable String fault) {
        return fault == null
                ? "The secret has no API key named '" + name + "'."
                : "The secret's API key named '" + name + "' " + fault + ".";
    }

    /**
     * Callers are told which of the stack's outputs has the command. The command itself has the secret's name, so only
     * the owner's log has it, once.
     */
    private Missing missing(String fault, String name) {
        if (complaints.add(fault)) {
            LOG.log(
                    Level.WARNING,
                    "{0} Put all keys: aws secretsmanager put-secret-value{1} --secret-id {2}"
                            + " --secret-string file://provider-keys.json",
                    fault,
                    region(),
                    secret.id());
        }
        TreeSet<String> all = new TreeSet<>(names);
        all.add(name);
        String map = all.stream().map(one -> '"' + one + "\":\"...\"").collect(Collectors.joining(",", "{", "}"));
        return new Missing(fault + " Write all keys into a file provider-keys.json, " + map
                + ", and run the command in the stack's output Step1PutProviderKeys; it replaces the whole secret.");
    }

    /** An ARN names its region. The owner's command line may be set to another one. */
    private String region() {
        String[] arn = secret.id().split(":", -1);
        return arn.length > 3 && arn[0].equals("arn") ? " --region " + arn[3] : "";
    }
}
