package ailb.pool;

/** What a model can be asked for. */
public enum Operation {
    CHAT,
    EMBEDDINGS,
    RESPONSES
}
