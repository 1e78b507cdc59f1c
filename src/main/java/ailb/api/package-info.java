/**
 * The balancer's HTTP interface as values: a request in, a response out, whichever front carries them. Routes, client
 * keys, error bodies, and the pool's statistics as JSON.
 */
@NullMarked
package ailb.api;

import org.jspecify.annotations.NullMarked;
