/** What went wrong, as callers are told it and as providers tell it. */
@NullMarked
package ailb.protocol.error;

import org.jspecify.annotations.NullMarked;
