package ailb.api;

/** PORT: is notified of each caller that was refused for a missing or wrong key. Safe for use by many threads. */
public interface RefusedKeys {

    void keyRefused();
}
