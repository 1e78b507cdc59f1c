package ailb.batch;

import java.util.List;

/** The requests a batch may hold. */
public final class BatchUrls {

    public static final String CHAT = "/v1/chat/completions";

    public static final List<String> ALL = List.of(CHAT);

    private BatchUrls() {}
}
