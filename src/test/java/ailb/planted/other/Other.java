package ailb.planted.other;

import ailb.planted.one.One;
import org.jspecify.annotations.Nullable;

/** Knows another package, which knows this one: for the test of the architecture to find. */
public record Other(@Nullable One other) {}
