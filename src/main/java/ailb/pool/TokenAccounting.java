package ailb.pool;

/** How a provider charges a call's tokens to its limits. */
public enum TokenAccounting {
    /** {@code max_tokens} is charged up front and kept, however short the answer. */
    MAX,
    /** {@code max_tokens} is charged up front and the unused part given back at the end. */
    MAX_REFUNDED,
    /** Real use counts: admit on an estimate, true it up at the end. */
    ESTIMATE
}
