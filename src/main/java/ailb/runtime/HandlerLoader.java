package ailb.runtime;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.lang.reflect.InvocationTargetException;

/** Creates the handler that the function's configuration names. */
final class HandlerLoader {

    private static final String METHOD = "handleRequest";

    private HandlerLoader() {}

    /**
     * Loads the class and calls its constructor without arguments.
     *
     * @param handler {@code package.Class} or {@code package.Class::handleRequest}
     * @throws IllegalArgumentException if there is no such handler; the message says what to do
     * @throws Throwable what the constructor throws
     */
    static RequestStreamHandler load(String handler) throws Throwable {
        Class<?> type = find(className(handler));
        if (RequestStreamHandler.class.isAssignableFrom(type)) {
            return construct(type.asSubclass(RequestStreamHandler.class));
        }
        throw new IllegalArgumentException(
                type.getName() + " must implement " + RequestStreamHandler.class.getName()
                        + ": this runtime runs no other handlers. Change the function's handler, or start the function"
                        + " without AWS_LAMBDA_EXEC_WRAPPER.");
    }

    private static String className(String handler) {
        int colons = handler.indexOf("::");
        String name = colons < 0 ? handler : handler.substring(0, colons);
        if (name.isEmpty() || (colons >= 0 && !handler.substring(colons + 2).equals(METHOD))) {
            throw new IllegalArgumentException(
                    "The function's handler must have the form package.Class or package.Class::" + METHOD + "; it is '"
                            + handler + "'.");
        }
        return name;
    }

    private static Class<?> find(String name) {
        try {
            // Not initialized here: a failing static initializer is reported like a failing constructor.
            return Class.forName(name, false, ClassLoader.getSystemClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "The function's handler names " + name + ", which is not in its package.", e);
        }
    }

    private static RequestStreamHandler construct(Class<? extends RequestStreamHandler> type) throws Throwable {
        try {
            return type.getConstructor().newInstance();
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new IllegalArgumentException(
                    type.getName() + " must be a public class with a public constructor without arguments.", e);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        } catch (ExceptionInInitializerError e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
