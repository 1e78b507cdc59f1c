package ailb.sim;

import ailb.state.Attribute;
import java.util.List;

/** Looks at each write as it is made. */
final class Watch implements SharedItems.Watcher {

    private final Ledger ledger;
    private final ItemRules items;
    private final BreakerRules breakers;

    Watch(Ledger ledger, ItemRules items, BreakerRules breakers) {
        this.ledger = ledger;
        this.items = items;
        this.breakers = breakers;
    }

    @Override
    public List<Permit> made(SharedItems.Write write) {
        UpdateKind kind = UpdateKind.of(write.update());
        items.check(write);
        if (kind != UpdateKind.OTHER) {
            breakers.check(write, kind, Instance.LAST.get());
        }
        if (kind.isReport() && UpdateKind.assigned(write.update(), Attribute.TOTAL_RATE_LIMITED).isPresent()) {
            ledger.refused(write);
        }
        if (!kind.admits()) {
            return List.of();
        }
        List<Permit> permits = ledger.admitted(write);
        write.writer().instance().holds(permits, kind == UpdateKind.PROBE);
        return permits;
    }
}
