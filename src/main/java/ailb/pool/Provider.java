package ailb.pool;

/** The wire protocol of an endpoint. With a base URL it covers every compatible provider. */
public enum Provider {
    OPENAI,
    ANTHROPIC
}
