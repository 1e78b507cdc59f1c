package ailb.sim;

import ailb.state.Attribute;
import java.util.List;

/** Looks at each write as it is made. */
final class Watch implements SharedItems.Watcher {

    private final Ledger ledger;
    private final ItemRules items;
    private final BreakerRules breakers;
    private final boolean isBusy;

    /** @param isBusy whether answers may wait for other writes */
    Watch(Ledger ledger, ItemRules items, BreakerRules breakers, boolean isBusy) {
        this.ledger = ledger;
        this.items = items;
        this.breakers = breakers;
        this.isBusy = isBusy;
    }

    @Override
    public List<Permit> made(SharedItems.Write write) {
        UpdateKind kind = UpdateKind.of(write.update());
        items.check(write, kind);
        if (kind != UpdateKind.OTHER) {
            // Answers that have waited are no more of the call that was made last.
            breakers.check(write, kind, isBusy && kind == UpdateKind.REPORT_OF_ANSWERS ? null : Instance.LAST.get());
        }
        if (kind.isReport()) {
            breakers.answers(write, kind);
        }
        if (kind.isReport() && !kind.admits()) {
            ledger.reported(write);
        }
        if (kind.isReport() && UpdateKind.assigned(write.update(), Attribute.TOTAL_RATE_LIMITED).isPresent()) {
            ledger.refused(write);
        }
        if (!kind.admits()) {
            return List.of();
        }
        List<Permit> permits = ledger.admitted(write, kind);
        write.writer().instance().holds(permits, kind == UpdateKind.PROBE);
        return permits;
    }
}
