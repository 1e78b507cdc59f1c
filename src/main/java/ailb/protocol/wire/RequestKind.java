package ailb.protocol.wire;

import ailb.pool.Operation;
import ailb.pool.Provider;

/** The kinds of requests that callers can post: path, protocol and operation. */
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

    /** The path that callers post to. */
    public String path() {
        return path;
    }

    /** The path without the version, to append to the base URL of a provider of this protocol. */
    public String pathAfterVersion() {
        return path.substring(VERSION.length());
    }

    /** The protocol of the caller's request and of the answer. */
    public Provider protocol() {
        return protocol;
    }

    public Operation operation() {
        return operation;
    }
}
