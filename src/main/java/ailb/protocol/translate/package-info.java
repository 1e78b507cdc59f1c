/** What both directions of the translation need. */
@NullMarked
package ailb.protocol.translate;

import org.jspecify.annotations.NullMarked;
