package ailb.aws;

import ailb.dispatch.ApiKeys;
import ailb.dispatch.TimeSource;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The providers' API keys in one secret of Secrets Manager: a JSON object of names and keys. Kept for 5 minutes, and
 * longer while the secret cannot be read; a name it does not have is looked for anew each time.
 */
public final class SecretsManagerKeys implements ApiKeys {

    private final CachedSecret secret;
    private final List<String> names;

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
        return lookup(name, secret.reading(CachedSecret.MAX_AGE, map -> map.keys().containsKey(name)));
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
                yield key == null ? missing(name, map.faults().get(name)) : new ApiKey(key);
            }
            case CachedSecret.NotAMap() ->
                new Missing("The secret is not a JSON object of names and keys. " + command(name));
            case CachedSecret.Unreadable(String cause) -> new Unavailable(cause);
        };
    }

    private Missing missing(String name, @Nullable String fault) {
        return new Missing(
                (fault == null
                        ? "The secret has no API key named '" + name + "'. "
                        : "The secret's API key named '" + name + "' " + fault + ". ") + command(name));
    }

    private String command(String name) {
        TreeSet<String> all = new TreeSet<>(names);
        all.add(name);
        String map = all.stream().map(one -> '"' + one + "\":\"...\"").collect(Collectors.joining(",", "{", "}"));
        return "Put it: aws secretsmanager put-secret-value" + region() + " --secret-id " + secret.id()
                + " --secret-string '" + map + "' (this replaces the whole secret: every key has to be in it)";
    }

    /** An ARN names its region, which need not be the one that the owner's command line is set to. */
    private String region() {
        String[] arn = secret.id().split(":", -1);
        return arn.length > 3 && arn[0].equals("arn") ? " --region " + arn[3] : "";
    }
}
