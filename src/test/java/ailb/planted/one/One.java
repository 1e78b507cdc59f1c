package ailb.planted.one;

import ailb.planted.other.Other;
import org.jspecify.annotations.Nullable;

/** Knows another package, which knows this one: for the test of the architecture to find. */
public record One(@Nullable Other other) {}
