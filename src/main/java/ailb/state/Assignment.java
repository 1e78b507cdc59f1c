package ailb.state;

/** A change to one attribute. */
public sealed interface Assignment {

    Attribute attribute();

    /** Replaces the value. */
    record Put(Attribute attribute, long value) implements Assignment {}

    /** Adds to the value; an absent one counts as 0. Not idempotent. Stores agree on sums that a long holds, on no others. */
    record Add(Attribute attribute, long delta) implements Assignment {}

    /** Takes the attribute out of the item. */
    record Remove(Attribute attribute) implements Assignment {}
}
