package ailb.batch;

import java.lang.reflect.Proxy;

/** A store of which one method fails. */
public final class Failing {

    private Failing() {}

    public static BatchStore of(BatchStore store, String name) {
        Class<BatchStore> port = BatchStore.class;
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[]{port}, (_, method, arguments) -> {
            if (method.getName().equals(name)) {
                throw new BatchStoreException(name, new IllegalStateException(name));
            }
            return method.invoke(store, arguments);
        }));
    }
}
