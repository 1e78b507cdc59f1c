package ailb.protocol.wire;

import ailb.pool.Operation;
import ailb.pool.Provider;

/** What callers post, by path: in whose protocol, and what it asks of a model. */
public enum RequestKind {
    CHAT_COMPLETIONS("/v1/chat/completions", Provider.OPENAI, Operation.CHAT),
    EMBEDDINGS("/v1/embeddings", Provider.OPENAI, Operation.EMBEDDINGS),
    RESPONSES("/v1/responses", Provider.OPENAI, Operation.RESPONSES),
    MESSAGES("/v1/messages", Provider.ANTHROPIC, Operation.CHAT),
    COUNT_TOKENS("/v1/messages/count_tokens", Provider.ANTHROPIC, Operation.CHAT);

    static final String VERSION = "/v1";

    private final String path;
    private final Provider protocol;
    private final Operation operation;

    RequestKind(String path, Provider protocol, Operation operation) {
        this.path = path;
        this.protocol = protocol;
        this.operation = operation;
    }

    /** Where callers post it. */
    public String path() {
        return path;
    }

    /** The same without the version, as it comes after the base URL of a provider of this protocol. */
    public String pathAfterVersion() {
        return path.substring(VERSION.length());
    }

    /** The protocol the caller speaks and is answered in. */
    public Provider protocol() {
        return protocol;
    }

    public Operation operation() {
        return operation;
    }
}
