package ailb.protocol;

/**
 * Tokens of one call, as the provider counted them.
 *
 * @param inputTokens all of the input, cached or not
 * @param cachedInputTokens those of the input that were read from the provider's cache
 */
public record Usage(long inputTokens, long outputTokens, long cachedInputTokens) {}
