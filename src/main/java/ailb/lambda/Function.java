package ailb.lambda;

import ailb.api.Api;
import ailb.aws.AwsClients;
import ailb.aws.DynamoBatchStore;
import ailb.aws.DynamoStateStore;
import ailb.aws.Once;
import ailb.aws.SecretsManagerClientKeys;
import ailb.aws.SecretsManagerKeys;
import ailb.aws.SqsBatchQueue;
import ailb.batch.BatchQueue;
import ailb.batch.BatchStore;
import ailb.dispatch.TimeSource;
import ailb.http.HttpUpstream;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.state.StateStore;
import java.util.List;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The parts of a function in AWS, put together once an instance.
 *
 * @param hooks what to do around a snapshot; held here, since the registry holds it weakly
 */
record Function(Api api, TimeSource time, SnapshotHooks hooks) {

    static Function ofEnvironment() {
        FunctionSettings settings = FunctionSettings.of(System.getenv());
        Pool pool = settings.pool();
        TimeSource time = new SystemTime();
        RenewableRandom random = new RenewableRandom();
        HttpUpstream upstream = new HttpUpstream();
        StateStore store = new DynamoStateStore(AwsClients.dynamoDb(), settings.table());
        BatchStore batchStore = new DynamoBatchStore(Once.of(AwsClients::batchStore), settings.table());
        // Only the function that works on the queue sets messages aside.
        BatchQueue batchQueue = new SqsBatchQueue(Once.of(AwsClients::sqs), settings.batchQueue(), "");
        SecretsManagerClient secrets = AwsClients.secretsManager();
        Api api = Wiring.api(
                pool,
                store,
                upstream,
                new SecretsManagerKeys(secrets, settings.providerKeysSecret(), keyNames(pool), time),
                new SecretsManagerClientKeys(secrets, settings.clientKeysSecret(), time),
                batchStore,
                batchQueue,
                settings.resultsKept(),
                time,
                random,
                new JsonLog(System.out, time));
        Priming priming = new Priming(pool, store, batchStore, batchQueue, upstream, time);
        return new Function(api, time, SnapshotHooks.register(priming::run, () -> {
            upstream.renew();
            random.renew();
        }));
    }

    /** The names of the keys that the pool's endpoints are called with. */
    static List<String> keyNames(Pool pool) {
        return pool.endpoints().stream().map(Endpoint::apiKey).distinct().toList();
    }
}
