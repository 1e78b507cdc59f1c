package ailb.aws;

import ailb.batch.BatchQueue;
import java.util.ArrayList;
import java.util.List;

/** Messages in the groups that SQS takes in one request. */
final class SendBatches {

    /** SQS's bound on the messages of a request. */
    private static final int MESSAGES = 10;

    private SendBatches() {}

    /** Groups of at most 10 messages, and together of at most {@link BatchQueue#MAX_BYTES} where they are several. */
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
