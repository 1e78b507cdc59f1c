package ailb.settings;

/** What reading one value gives. */
sealed interface ParsedValue<T> {

    record Good<T>(T value) implements ParsedValue<T> {}

    /** @param problem what is wrong and what is allowed */
    record Bad<T>(String problem) implements ParsedValue<T> {}
}
