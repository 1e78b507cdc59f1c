package ailb.pool;

/** What a model can be asked for, by the path it is asked by. */
public enum Operation {
    CHAT("/v1/chat/completions"), EMBEDDINGS("/v1/embeddings"), RESPONSES("/v1/responses");

    private final String path;

    Operation(String path) {
        this.path = path;
    }

    public String path() {
        return path;
    }
}
