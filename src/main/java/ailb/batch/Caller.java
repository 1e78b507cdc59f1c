package ailb.batch;

import java.util.Optional;

/** Who sent a request, by its key. */
public sealed interface Caller {

    /**
     * Sees and cancels its own batches.
     *
     * @param name of its key
     */
    record Client(String name) implements Caller {}

    /**
     * Sees and cancels the batches of all, and those that nobody owns.
     *
     * @param name of its key, which a client may have too
     */
    record Admin(String name) implements Caller {}

    String name();

    /** Who owns what this caller submits; empty if only the admin may see it. */
    default Optional<String> owner() {
        return switch (this) {
            case Client(String name) -> Optional.of(name);
            case Admin _ -> Optional.empty();
        };
    }

    /** Whether this caller may know that the batch is there. */
    default boolean sees(Batch batch) {
        return switch (this) {
            case Client(String name) -> batch.owner().equals(Optional.of(name));
            case Admin _ -> true;
        };
    }
}
