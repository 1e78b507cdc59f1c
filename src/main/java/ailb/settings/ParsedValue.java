package ailb.settings;

/** The result of reading one value. */
sealed interface ParsedValue<T> {

    record Good<T>(T value) implements ParsedValue<T> {}

    /** @param problem what is wrong and what is allowed */
    record Bad<T>(String problem) implements ParsedValue<T> {}
}
