package ailb.state;

/** A change to one attribute. */
public sealed interface Assignment {

    Attribute attribute();

    /** Replaces the value. */
    record Put(Attribute attribute, long value) implements Assignment {}

    /**
     * Adds to the value; an absent value counts as 0. Not idempotent. The sum must fit into a long: stores differ
     * beyond that.
     */
    record Add(Attribute attribute, long delta) implements Assignment {}

    /** Removes the attribute from the item. */
    record Remove(Attribute attribute) implements Assignment {}
}
