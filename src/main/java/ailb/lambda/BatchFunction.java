package ailb.lambda;

import ailb.aws.AwsClients;
import ailb.aws.DynamoBatchStore;
import ailb.aws.DynamoStateStore;
import ailb.aws.SecretsManagerKeys;
import ailb.aws.SqsBatchQueue;
import ailb.batch.BatchQueue;
import ailb.batch.BatchStore;
import ailb.batch.BatchWorker;
import ailb.http.HttpUpstream;
import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.TimeSource;
import ailb.state.StateStore;

/**
 * The function behind the queue of batches. An instance makes it once.
 *
 * @param hooks what runs before and after a snapshot; held here because the registry holds it weakly
 */
record BatchFunction(BatchWorker worker, TimeSource time, SnapshotHooks hooks) {

    static BatchFunction ofEnvironment() {
        BatchSettings settings = BatchSettings.of(System.getenv());
        FunctionSettings shared = settings.shared();
        Pool pool = shared.pool();
        TimeSource time = new SystemTime();
        JsonLog log = new JsonLog(System.out, time, shared.stack());
        log.takeSystemLog();
        RenewableRandom random = RenewableRandom.quick();
        HttpUpstream upstream = new HttpUpstream();
        StateStore store = new DynamoStateStore(AwsClients.dynamoDb(), shared.table());
        ApiKeys keys = new SecretsManagerKeys(
                AwsClients.secretsManager(), shared.providerKeysSecret(), ApiFunction.keyNames(pool), time);
        BatchStore batches = new DynamoBatchStore(AwsClients.batchStore(), shared.table());
        BatchQueue queue = new SqsBatchQueue(AwsClients.sqs(), shared.batchQueue(), settings.deadLetters());
        BatchWorker worker = Wiring.worker(
                pool, store, upstream, keys, batches, queue, shared.resultsKept(), time, random,
                log);
        Priming priming = new Priming(pool, store, batches, queue, upstream, time);
        return new BatchFunction(worker, time, SnapshotHooks.register(priming::run, () -> {
            upstream.renew();
            random.renew();
        }));
    }
}
