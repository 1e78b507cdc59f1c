package ailb.pool;

/** The wire protocol an endpoint speaks. With a base URL it covers every provider that speaks the same. */
public enum Provider {
    OPENAI,
    ANTHROPIC
}
