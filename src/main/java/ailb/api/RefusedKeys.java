package ailb.api;

/** PORT: hears of each caller that was turned away for its key, or for bringing none. Safe for use by many threads. */
public interface RefusedKeys {

    void keyRefused();
}
