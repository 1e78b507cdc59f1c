package ailb.pool;

/** How a provider charges a call's tokens to its limits. */
public enum TokenAccounting {
    /** {@code max_tokens} is charged in advance and never refunded. */
    MAX,
    /** {@code max_tokens} is charged in advance, and the unused part is refunded at the end. */
    MAX_REFUNDED,
    /** Actual usage counts: an estimate is charged in advance and corrected at the end. */
    ESTIMATE
}
