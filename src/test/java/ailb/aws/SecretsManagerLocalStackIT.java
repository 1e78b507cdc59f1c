package ailb.aws;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.port.ApiKeys;
import ailb.port.ApiKeysContract;
import ailb.port.SteppedTime;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

@ExtendWith(LocalStack.SkipNotice.class)
@Testcontainers(disabledWithoutDocker = true)
class SecretsManagerLocalStackIT extends ApiKeysContract {

    @Container private static final LocalStackContainer LOCAL_STACK = LocalStack.container("secretsmanager");

    private final String id = "keys-" + UUID.randomUUID();
    private final SteppedTime clock = new SteppedTime(1_795_000_000_000_000_000L);
    private SecretsManagerClient client;
    private ApiKeys keys;

    @BeforeEach
    void createSecret() {
        client = LocalStack.at(LOCAL_STACK, AwsClients.secretsManagerBuilder()).build();
        client.createSecret(request -> request.name(id).secretString("{}"));
        keys = new SecretsManagerKeys(client, id, List.of("primary", "backup"), clock);
    }

    @Override
    protected ApiKeys keys() {
        return keys;
    }

    @Override
    protected void store(Map<String, String> stored) {
        String map = new JsonMapper().valueToTree(stored).toString();
        client.putSecretValue(request -> request.secretId(id).secretString(map));
    }

    @Override
    protected void breakStore() {
        client.deleteSecret(request -> request.secretId(id).forceDeleteWithoutRecovery(true));
    }

    @Test
    void clientsKeysAreRead() {
        store(Map.of("laptop", "0123456789-0123456789"));

        assertThat(SecretsManagerClientKeys.ofClients(client, id, clock).current().values())
                .containsExactly("0123456789-0123456789");
    }
}
