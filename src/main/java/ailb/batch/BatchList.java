package ailb.batch;

import java.util.List;

/**
 * Some of the batches, newest first.
 *
 * @param more whether there are older ones
 */
public record BatchList(List<Batch> batches, boolean more) {

    public BatchList {
        batches = List.copyOf(batches);
    }
}
