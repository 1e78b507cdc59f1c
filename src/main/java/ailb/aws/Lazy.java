package ailb.aws;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something made when it is first asked for, once. For clients that few requests need: making one takes a tenth of a
 * second or two, which every first answer of an instance would wait for.
 */
public final class Lazy<T> implements Supplier<T> {

    private final Supplier<T> maker;
    private volatile @Nullable T made;

    private Lazy(Supplier<T> maker) {
        this.maker = maker;
    }

    public static <T> Supplier<T> of(Supplier<T> maker) {
        return new Lazy<>(maker);
    }

    @Override
    public T get() {
        T known = made;
        return known == null ? make() : known;
    }

    private synchronized T make() {
        T known = made;
        if (known == null) {
            known = maker.get();
            made = known;
        }
        return known;
    }
}
