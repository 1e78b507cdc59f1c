/**
 * The only package that knows wire formats: OpenAI and Anthropic requests, replies, errors and rate-limit headers, and
 * the translation between them (ADR 28). It turns bytes into values and does no I/O.
 */
@NullMarked
package ailb.protocol;

import org.jspecify.annotations.NullMarked;
