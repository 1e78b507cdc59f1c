package ailb.aws;

import software.amazon.awssdk.services.sqs.SqsClient;

class SqsBatchQueueTest extends SqsBatchQueueContract {

    @Override
    SqsClient client() {
        return LocalSqs.client();
    }
}
