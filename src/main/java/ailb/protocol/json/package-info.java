/** Untrusted JSON: bounded parsing and paths of fields. Also server-sent events. */
@NullMarked
package ailb.protocol.json;

import org.jspecify.annotations.NullMarked;
