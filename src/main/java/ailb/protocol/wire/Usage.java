package ailb.protocol.wire;

/**
 * Tokens of one call, as the provider counted them.
 *
 * @param inputTokens all of the input, cached or not
 * @param outputTokens all of the output, reasoning or not
 * @param cachedInputTokens those of the input that were read from the provider's cache
 * @param reasoningTokens those of the output that the model thought with; 0 where the provider does not tell them apart
 */
public record Usage(long inputTokens, long outputTokens, long cachedInputTokens, long reasoningTokens) {}
