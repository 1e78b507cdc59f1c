/** Translates an Anthropic client's messages request to OpenAI's format, and the answer back (ADR 28). */
@NullMarked
package ailb.protocol.anthropictoopenai;

import org.jspecify.annotations.NullMarked;
