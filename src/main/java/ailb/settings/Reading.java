package ailb.settings;

/** What reading one value gives. */
sealed interface Reading<T> {

    record Good<T>(T value) implements Reading<T> {}

    /** @param problem what is wrong and what is allowed */
    record Bad<T>(String problem) implements Reading<T> {}
}
