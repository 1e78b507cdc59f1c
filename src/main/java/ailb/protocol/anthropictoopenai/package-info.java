/** A messages request in OpenAI's words, and OpenAI's answer to it in Anthropic's. */
@NullMarked
package ailb.protocol.anthropictoopenai;

import org.jspecify.annotations.NullMarked;
