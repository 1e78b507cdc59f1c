package ailb.lambda;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.CallerKeys;
import ailb.aws.AwsClients;
import ailb.aws.DynamoBatchStore;
import ailb.aws.DynamoStateStore;
import ailb.aws.Lazy;
import ailb.aws.SecretsManagerClientKeys;
import ailb.aws.SecretsManagerKeys;
import ailb.aws.SqsBatchQueue;
import ailb.batch.BatchQueue;
import ailb.batch.BatchStore;
import ailb.http.HttpUpstream;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.port.TimeSource;
import ailb.state.StateStore;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The function behind the REST API. An instance makes it once.
 *
 * @param longestAnswer longest time of an answer, from when the gateway took the request
 * @param padding bytes of comment at the start of a stream
 * @param hooks what runs before and after a snapshot; held here because the registry holds it weakly
 */
record ApiFunction(Api api, TimeSource time, Duration longestAnswer, int padding, SnapshotHooks hooks) {

    /** Longest silence within an answer: the gateway ends it after 5 minutes without a byte. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(290);

    /** A variable that the runtime sets if it sends answers while they are written. */
    static final String STREAMS = "ailb.runtime.streams";

    /** Bytes that Lambda takes of an answer, streamed and whole, minus some for its head. */
    private static final long LARGEST_STREAM = 200L * 1024 * 1024 - 64 * 1024;
    private static final long LARGEST_WHOLE = 6 * 1024 * 1024 - 64 * 1024;

    /** @param streams whether the runtime sends an answer while it is written */
    static AnswerLimits answerLimits(boolean streams) {
        return new AnswerLimits(streams ? LARGEST_STREAM : LARGEST_WHOLE, LONGEST_SILENCE);
    }

    static ApiFunction ofEnvironment() {
        ApiSettings settings = ApiSettings.of(System.getenv());
        FunctionSettings shared = settings.shared();
        Pool pool = shared.pool();
        TimeSource time = new SystemTime();
        JsonLog log = new JsonLog(System.out, time, shared.stack());
        log.takeSystemLog();
        RenewableRandom random = RenewableRandom.quick();
        RenewableRandom ids = RenewableRandom.secure();
        HttpUpstream upstream = new HttpUpstream();
        StateStore store = new DynamoStateStore(AwsClients.dynamoDb(), shared.table());
        BatchStore batchStore = new DynamoBatchStore(Lazy.of(AwsClients::batchStore), shared.table());
        // Only the function behind the queue writes dead letters.
        BatchQueue batchQueue = new SqsBatchQueue(Lazy.of(AwsClients::sqs), shared.batchQueue(), "");
        SecretsManagerClient secrets = AwsClients.secretsManager();
        Api api = Wiring.api(
                pool,
                store,
                upstream,
                new SecretsManagerKeys(secrets, shared.providerKeysSecret(), keyNames(pool), time),
                new CallerKeys(
                        SecretsManagerClientKeys.ofClients(secrets, settings.clientKeysSecret(), time),
                        SecretsManagerClientKeys.ofAdmin(secrets, settings.adminKeysSecret(), time)),
                batchStore,
                batchQueue,
                shared.resultsKept(),
                time,
                random,
                ids,
                answerLimits(Boolean.getBoolean(STREAMS)),
                log,
                log);
        Priming priming = new Priming(pool, store, batchStore, batchQueue, upstream, time);
        SnapshotHooks hooks = SnapshotHooks.register(priming::run, () -> {
            upstream.renew();
            random.renew();
            ids.renew();
        });
        return new ApiFunction(api, time, settings.longestAnswer(), settings.padding(), hooks);
    }

    /** The names of the keys of the pool's endpoints. */
    static List<String> keyNames(Pool pool) {
        return pool.endpoints().stream().map(Endpoint::apiKey).distinct().toList();
    }
}
