/** A chat request in Anthropic's words, and Anthropic's answer to it in OpenAI's. */
@NullMarked
package ailb.protocol.openaitoanthropic;

import org.jspecify.annotations.NullMarked;
