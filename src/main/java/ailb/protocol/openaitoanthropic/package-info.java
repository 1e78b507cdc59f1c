/** Translates an OpenAI client's chat request to Anthropic's format, and the answer back (ADR 28). */
@NullMarked
package ailb.protocol.openaitoanthropic;

import org.jspecify.annotations.NullMarked;
