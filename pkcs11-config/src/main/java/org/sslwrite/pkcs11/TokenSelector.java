package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.text.Text;

import java.util.ArrayList;
import java.util.List;

/** Which of a module's tokens is meant. */
public sealed interface TokenSelector {
    /**
     * What a module says of a slot with a token in it, blanks at the end of texts removed.
     *
     * @param slotIndex where the slot is in the module's list of all slots, from 0
     * @param label CK_TOKEN_INFO.label
     * @param serial CK_TOKEN_INFO.serialNumber
     * @param manufacturer CK_TOKEN_INFO.manufacturerID
     * @param model CK_TOKEN_INFO.model
     * @param place the slot and the module
     */
    record Candidate(
            long slotId,
            int slotIndex,
            String label,
            String serial,
            String manufacturer,
            String model,
            Place place) {}

    /**
     * Where a token is; in a selector null means that it does not matter.
     *
     * @param slotDescription CK_SLOT_INFO.slotDescription
     * @param slotManufacturer CK_SLOT_INFO.manufacturerID
     * @param libraryManufacturer CK_INFO.manufacturerID
     * @param libraryDescription CK_INFO.libraryDescription
     * @param libraryVersion CK_INFO.libraryVersion, as in 2.6
     */
    record Place(
            @Nullable String slotDescription,
            @Nullable String slotManufacturer,
            @Nullable String libraryManufacturer,
            @Nullable String libraryDescription,
            @Nullable String libraryVersion) {
        /** Anywhere. */
        public static final Place ANY = new Place(null, null, null, null, null);

        /**
         * @throws IllegalArgumentException if no slot or module can be so
         */
        public Place {
            slotDescription = trimmed("description of the slot", slotDescription, 64);
            slotManufacturer = trimmed("manufacturer of the slot", slotManufacturer, 32);
            libraryManufacturer = trimmed("manufacturer of the library", libraryManufacturer, 32);
            libraryDescription = trimmed("description of the library", libraryDescription, 32);
        }

        private static @Nullable String trimmed(String what, @Nullable String text, int bytes) {
            if (text == null) {
                return null;
            }
            String trimmed = text.stripTrailing();
            if (!trimmed.isEmpty()) { // what a module says of itself may be nothing
                Text.requirePrintable(what, trimmed, bytes);
            }
            return trimmed;
        }

        private boolean isAsked(Place is) {
            return Matching.isAsked(slotDescription, is.slotDescription)
                    && Matching.isAsked(slotManufacturer, is.slotManufacturer)
                    && Matching.isAsked(libraryManufacturer, is.libraryManufacturer)
                    && Matching.isAsked(libraryDescription, is.libraryDescription)
                    && Matching.isAsked(libraryVersion, is.libraryVersion);
        }

        private String describe() {
            List<String> parts = new ArrayList<>();
            Matching.addTo(parts, "slot description ", slotDescription);
            Matching.addTo(parts, "slot manufacturer ", slotManufacturer);
            Matching.addTo(parts, "library manufacturer ", libraryManufacturer);
            Matching.addTo(parts, "library description ", libraryDescription);
            Matching.addTo(parts, "library version ", libraryVersion);
            return String.join(", ", parts);
        }
    }

    /** Whether this token is the one, or for {@link Only} may be it. */
    boolean matches(Candidate token);

    /** For messages, what follows the module's name, as in {@code token "web"}. */
    String describe();

    /** The token with this label (CK_TOKEN_INFO.label without its trailing blanks). */
    record ByLabel(String label) implements TokenSelector {
        /**
         * @throws IllegalArgumentException if no token can have such a label
         */
        public ByLabel {
            label = label.stripTrailing();
            Text.requirePrintable("label of the token", label, 32);
        }

        @Override
        public boolean matches(Candidate token) {
            return label.equals(token.label);
        }

        @Override
        public String describe() {
            return "token \"" + label + "\"";
        }
    }

    /** The token with this serial number. */
    record BySerial(String serial) implements TokenSelector {
        /**
         * @throws IllegalArgumentException if no token can have such a number
         */
        public BySerial {
            serial = serial.stripTrailing();
            Text.requirePrintable("serial number of the token", serial, 16);
        }

        @Override
        public boolean matches(Candidate token) {
            return serial.equals(token.serial);
        }

        @Override
        public String describe() {
            return "token with serial number " + serial;
        }
    }

    /** The token in the slot with this id, which may change when a token is initialised. */
    record BySlotId(long slotId) implements TokenSelector {
        @Override
        public boolean matches(Candidate token) {
            return slotId == token.slotId;
        }

        @Override
        public String describe() {
            return "token in slot " + Long.toUnsignedString(slotId);
        }
    }

    /** The token in the n-th slot of the module's list, from 0. */
    record BySlotIndex(int index) implements TokenSelector {
        /**
         * @throws IllegalArgumentException if it is negative
         */
        public BySlotIndex {
            if (index < 0) {
                throw new IllegalArgumentException("the index of a slot counts from 0");
            }
        }

        @Override
        public boolean matches(Candidate token) {
            return index == token.slotIndex;
        }

        @Override
        public String describe() {
            return "token in the slot with index " + index;
        }
    }

    /**
     * The token of which all that is given is true, as in an RFC 7512 URI; null: it does not
     * matter.
     */
    record Matching(
            @Nullable String label,
            @Nullable String serial,
            @Nullable String manufacturer,
            @Nullable String model,
            @Nullable Long slotId)
            implements TokenSelector {
        /**
         * @throws IllegalArgumentException if no token can have what is asked for
         */
        public Matching {
            label = label == null ? null : new ByLabel(label).label;
            serial = serial == null ? null : new BySerial(serial).serial;
            if (manufacturer != null) {
                manufacturer = manufacturer.stripTrailing();
                Text.requirePrintable("manufacturer of the token", manufacturer, 32);
            }
            if (model != null) {
                model = model.stripTrailing();
                Text.requirePrintable("model of the token", model, 16);
            }
        }

        @Override
        public boolean matches(Candidate token) {
            return isAsked(label, token.label)
                    && isAsked(serial, token.serial)
                    && isAsked(manufacturer, token.manufacturer)
                    && isAsked(model, token.model)
                    && isAsked(slotId, token.slotId);
        }

        @Override
        public String describe() {
            List<String> parts = new ArrayList<>();
            addTo(parts, "serial number ", serial);
            addTo(parts, "manufacturer ", manufacturer);
            addTo(parts, "model ", model);
            addTo(parts, "slot ", slotId);
            String what = label == null ? "token" : "token \"" + label + "\"";
            return parts.isEmpty() ? what : what + " with " + String.join(", ", parts);
        }

        private static boolean isAsked(@Nullable Object asked, @Nullable Object is) {
            return asked == null || asked.equals(is);
        }

        private static void addTo(List<String> parts, String name, @Nullable Object asked) {
            if (asked != null) {
                parts.add(name + asked);
            }
        }
    }

    /** The token that another selector means, if slot and module are like this. */
    record In(TokenSelector token, Place place) implements TokenSelector {
        @Override
        public boolean matches(Candidate candidate) {
            return place.isAsked(candidate.place) && token.matches(candidate);
        }

        @Override
        public String describe() {
            return token.describe() + " (" + place.describe() + ")";
        }
    }

    /** The only token; more than one, or none, is an error. */
    record Only() implements TokenSelector {
        @Override
        public boolean matches(Candidate token) {
            return true;
        }

        @Override
        public String describe() {
            return "token";
        }
    }

    /**
     * The simplest selector for what is known; {@link Only} if that is nothing.
     *
     * @throws IllegalArgumentException if no token can have what is asked for
     */
    static TokenSelector of(
            @Nullable String label,
            @Nullable String serial,
            @Nullable String manufacturer,
            @Nullable String model,
            @Nullable Long slotId) {
        Matching all = new Matching(label, serial, manufacturer, model, slotId);
        if (all.equals(new Matching(null, null, null, null, null))) {
            return new Only();
        }
        if (label != null && all.equals(new Matching(label, null, null, null, null))) {
            return new ByLabel(label);
        }
        if (serial != null && all.equals(new Matching(null, serial, null, null, null))) {
            return new BySerial(serial);
        }
        if (slotId != null && all.equals(new Matching(null, null, null, null, slotId))) {
            return new BySlotId(slotId);
        }
        return all;
    }
}
