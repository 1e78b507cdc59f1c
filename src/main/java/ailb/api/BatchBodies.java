package ailb.api;

import ailb.batch.Batch;
import ailb.batch.BatchList;
import ailb.batch.BatchStatus;
import ailb.batch.BatchUrls;
import ailb.batch.Counts;
import ailb.batch.LineResult;
import ailb.batch.Problem;
import ailb.batch.Submission;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Response bodies about batches, in OpenAI's format where OpenAI has one. Times are epoch seconds. */
final class BatchBodies {

    private static final long SECOND = 1_000_000_000;

    private BatchBodies() {}

    static ObjectNode batch(Batch batch) {
        ObjectNode node = object().put("id", batch.id())
                .put("object", "batch")
                .put("endpoint", BatchUrls.CHAT)
                .putNull("errors")
                .putNull("input_file_id")
                .put("status", batch.status().word())
                .putNull("output_file_id")
                .putNull("error_file_id");
        put(node, "created_at", batch.created());
        put(node, "in_progress_at", batch.begun());
        put(node, "expires_at", batch.expires());
        node.putNull("finalizing_at");
        put(node, "completed_at", batch.status() == BatchStatus.COMPLETED ? batch.ended() : 0);
        node.putNull("failed_at").putNull("expired_at");
        put(node, "cancelling_at", batch.cancelling());
        put(node, "cancelled_at", batch.status() == BatchStatus.CANCELLED ? batch.ended() : 0);
        Counts counts = batch.counts();
        node.putObject("request_counts")
                .put("total", batch.total())
                .put("completed", counts.completed())
                .put("failed", counts.failed())
                .put("cancelled", counts.cancelled());
        return node.putNull("metadata");
    }

    /** The batch with its progress, its speed and the state of the endpoints. */
    static ObjectNode progress(Batch batch, ObjectNode pool, long now) {
        ObjectNode node = batch(batch);
        long outcomes = batch.counts().sum();
        double seconds = seconds(batch, now);
        double rate = seconds > 0 ? outcomes / seconds : 0;
        // Rounded down, so that 1 means complete.
        node.put("progress", Math.min(1, Math.floor(1000.0 * outcomes / batch.total()) / 1000))
                .put("requests_per_second", Math.round(rate * 1000) / 1000.0);
        if (batch.status().isOver() || rate == 0) {
            node.putNull("expected_finish_at");
        } else {
            double left = Math.max(0, batch.total() - outcomes) / rate;
            node.put("expected_finish_at", Math.ceilDiv(now, SECOND) + (long) Math.ceil(left));
        }
        node.set("pool", pool);
        return node;
    }

    /** The time that the batch has been running, or ran, in seconds. */
    private static double seconds(Batch batch, long now) {
        long end = batch.status().isOver() ? batch.ended() : now;
        return batch.begun() == 0 ? 0 : (end - batch.begun()) / (double) SECOND;
    }

    static ObjectNode list(BatchList list) {
        ObjectNode node = object().put("object", "list");
        ArrayNode data = node.putArray("data");
        List<Batch> batches = list.batches();
        batches.forEach(batch -> data.add(batch(batch)));
        return node.put("first_id", batches.isEmpty() ? null : batches.getFirst().id())
                .put("last_id", batches.isEmpty() ? null : batches.getLast().id())
                .put("has_more", list.more());
    }

    static byte[] results(List<LineResult> results) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (LineResult result : results) {
            lines.writeBytes(result.json());
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    /** An error in OpenAI's format that contains the invalid lines as in OpenAI's batch object. */
    static ObjectNode refused(Submission.Refused refused) {
        ObjectNode node = object();
        ObjectNode error = node.putObject("error")
                .put("message", refused.message())
                .put("type", "invalid_request_error")
                .put("param", refused.param().orElse(null))
                .put("code", "invalid_batch");
        ArrayNode data = error.putObject("errors").put("object", "list").putArray("data");
        for (Problem problem : refused.problems()) {
            data.addObject()
                    .put("code", problem.code())
                    .put("line", problem.line())
                    .put("message", problem.message())
                    .put("param", problem.param());
        }
        return node;
    }

    private static void put(ObjectNode node, String name, long nanos) {
        if (nanos == 0) {
            node.putNull(name);
        } else {
            node.put(name, Math.floorDiv(nanos, SECOND));
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
