package ailb.runtime.handlers;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

/** A handler of the kind that Lambda's own runtime has to turn into JSON and back. */
public final class PojoHandler implements RequestHandler<String, String> {

    @Override
    public String handleRequest(String event, Context context) {
        return event;
    }
}
