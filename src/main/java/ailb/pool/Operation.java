package ailb.pool;

/** An operation of a model. */
public enum Operation {
    CHAT,
    EMBEDDINGS,
    RESPONSES
}
