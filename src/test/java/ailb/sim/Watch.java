package ailb.sim;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Looks at each write as it is made. */
final class Watch implements SharedItems.Watcher {

    private final Ledger ledger;
    private final ItemRules items;
    private final BreakerRules breakers;
    private final Set<String> guards = new TreeSet<>();

    Watch(Ledger ledger, ItemRules items, BreakerRules breakers) {
        this.ledger = ledger;
        this.items = items;
        this.breakers = breakers;
    }

    @Override
    public List<Permit> made(SharedItems.Write write) {
        UpdateKind kind = UpdateKind.of(write.update());
        write.update().guards().forEach(guard -> guards.add(kind + ": " + UpdateKind.name(guard)));
        items.check(write);
        if (kind != UpdateKind.OTHER) {
            breakers.check(write, kind, Instance.LAST.get());
        }
        if (!kind.admits()) {
            return List.of();
        }
        List<Permit> permits = ledger.admitted(write);
        write.writer().instance().holds(permits, kind == UpdateKind.PROBE);
        return permits;
    }

    Ledger ledger() {
        return ledger;
    }

    /** Every guard of every kind of write seen so far, by name. */
    Set<String> guards() {
        return guards;
    }
}
