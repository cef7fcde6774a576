package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.TokenSelector.Candidate;
import org.sslwrite.pkcs11.TokenSelector.Place;
import org.sslwrite.pkcs11.cryptoki.ffi.LibraryInfo;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;

import java.util.ArrayList;
import java.util.List;

/** Finds the slot that a {@link TokenSelector} means. */
final class SlotChoice {
    /** What selectors do not look at is one call less. */
    private static final LibraryInfo UNASKED = new LibraryInfo("", "", "", "");

    private final CryptokiModule module;
    private final TokenSelector selector;

    SlotChoice(CryptokiModule module, TokenSelector selector) {
        this.module = module;
        this.selector = selector;
    }

    /** The one slot that is meant; there is a token in it. */
    Slot slot() throws TokenException {
        List<Slot> slots = module.slots();
        List<Slot> found = new ArrayList<>();
        LibraryInfo library = selector instanceof TokenSelector.In ? module.info() : UNASKED;
        for (int i = 0; i < slots.size(); i++) {
            if (isMeant(slots.get(i), i, library)) {
                found.add(slots.get(i));
            }
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw found.isEmpty() ? none(slots) : several(found);
    }

    private boolean isMeant(Slot slot, int index, LibraryInfo library) {
        TokenInfo token = slot.token();
        if (token == null) {
            return false;
        }
        boolean bySlot =
                selector instanceof TokenSelector.BySlotId
                        || selector instanceof TokenSelector.BySlotIndex;
        return (bySlot || token.isInitialized())
                && selector.matches(
                        new Candidate(
                                slot.id(),
                                index,
                                token.label(),
                                token.serial(),
                                token.manufacturer(),
                                token.model(),
                                new Place(
                                        slot.description(),
                                        slot.manufacturer(),
                                        library.manufacturer(),
                                        library.description(),
                                        library.libraryVersion())));
    }

    private TokenException none(List<Slot> slots) {
        List<Slot> tokens = slots.stream().filter(slot -> slot.token() != null).toList();
        return new AbsentTokenException(
                module.name()
                        + " has no "
                        + selector.describe()
                        + "; "
                        + (tokens.isEmpty() ? "it has no token at all" : "it has " + list(tokens)));
    }

    private TokenException several(List<Slot> found) {
        return new TokenException(
                module.name()
                        + " has more than one "
                        + selector.describe()
                        + "; say which, by serial number or slot: "
                        + list(found));
    }

    private static String list(List<Slot> slots) {
        return String.join(", ", slots.stream().map(Slot::describe).toList());
    }
}
