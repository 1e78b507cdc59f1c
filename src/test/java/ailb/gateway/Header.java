package ailb.gateway;

/** One line of a head. */
record Header(String name, String value) {

    boolean isNamed(String other) {
        return name.equalsIgnoreCase(other);
    }
}
