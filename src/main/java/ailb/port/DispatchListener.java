package ailb.port;

/** PORT: hears what happens to requests, for logs and metrics. Must be quick and must not throw. */
public interface DispatchListener {

    void on(DispatchEvent event);
}
