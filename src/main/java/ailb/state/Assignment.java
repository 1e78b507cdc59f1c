package ailb.state;

/** A change to one attribute. */
public sealed interface Assignment {

    Attribute attribute();

    /** Replaces the value. */
    record Put(Attribute attribute, long value) implements Assignment {}

    /**
     * Adds to the value; an absent one counts as 0. Not idempotent. The sum has to be one that a long holds: beyond that
     * stores differ.
     */
    record Add(Attribute attribute, long delta) implements Assignment {}

    /** Takes the attribute out of the item. */
    record Remove(Attribute attribute) implements Assignment {}
}
