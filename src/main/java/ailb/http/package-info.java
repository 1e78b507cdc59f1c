/**
 * HTTP over sockets: the client that calls providers.
 */
@NullMarked
package ailb.http;

import org.jspecify.annotations.NullMarked;
