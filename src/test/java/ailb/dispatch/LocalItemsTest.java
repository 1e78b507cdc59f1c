package ailb.dispatch;

import ailb.state.StateStore;
import ailb.state.StateStoreContract;
import java.util.Map;

class LocalItemsTest extends StateStoreContract {

    private final StateStore store = new LocalItems(Map.of());

    @Override
    protected StateStore store() {
        return store;
    }
}
