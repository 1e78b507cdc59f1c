package ailb.batch;

class InMemoryBatchStoreTest extends BatchStoreContract {

    private final BatchStore store = new InMemoryBatchStore();

    @Override
    protected BatchStore store() {
        return store;
    }
}
