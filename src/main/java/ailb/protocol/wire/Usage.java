package ailb.protocol.wire;

/**
 * Tokens of one call, as the provider counted them.
 *
 * @param inputTokens all input tokens, including cached ones
 * @param outputTokens all output tokens, including reasoning
 * @param cachedInputTokens input tokens that were read from the provider's cache
 * @param reasoningTokens output tokens that were reasoning; 0 where the provider does not report them
 */
public record Usage(long inputTokens, long outputTokens, long cachedInputTokens, long reasoningTokens) {}
