package ailb.dispatch;

import ailb.dispatch.permit.Permit;
import ailb.pool.Endpoint;
import ailb.port.ApiKeys;

/** A permit, and the key to use it with. */
record KeyedPermit(Permit permit, ApiKeys.ApiKey key) {

    Endpoint endpoint() {
        return permit.endpoint();
    }
}
