package ailb.aws;

import ailb.batch.BatchQueue;
import java.util.ArrayList;
import java.util.List;

/** Puts messages into groups that SQS takes in one request. */
final class SendBatches {

    /** Maximum number of messages of a request to SQS. */
    private static final int MESSAGES = 10;

    private SendBatches() {}

    /** Groups of at most 10 messages. A group of several has at most {@link BatchQueue#MAX_BYTES} bytes. */
    static List<List<String>> of(List<String> bodies) {
        List<List<String>> groups = new ArrayList<>();
        List<String> group = new ArrayList<>();
        int room = BatchQueue.MAX_BYTES;
        for (String body : bodies) {
            int bytes = SqsText.bytes(body);
            if (!group.isEmpty() && (group.size() == MESSAGES || bytes > room)) {
                groups.add(List.copyOf(group));
                group.clear();
                room = BatchQueue.MAX_BYTES;
            }
            group.add(body);
            room -= bytes;
        }
        if (!group.isEmpty()) {
            groups.add(List.copyOf(group));
        }
        return groups;
    }
}
