package org.sslwrite.softhsm;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.pin.CachedPin;
import org.sslwrite.pkcs11.pin.PinSource;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A token in {@link SofthsmStore}, with a label and a PIN of its own. Safe for use by several
 * threads.
 *
 * @param directory in which SoftHSM keeps it
 */
record SofthsmToken(TokenConfig config, CachedPin pin, Path directory) implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final char[] PIN_ALPHABET =
            "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789".toCharArray();
    private static final int PIN_LENGTH = 24;

    static SofthsmToken create(Path library) throws TokenException {
        String label = "sslwrite-%08x".formatted(RANDOM.nextInt());
        char[] soPin = newPin(); // nobody needs it again
        char[] pin = newPin();
        try {
            CachedPin kept = PinSource.of(pin);
            TokenConfig config =
                    TokenConfig.builder()
                            .module(library)
                            .token(new TokenSelector.ByLabel(label))
                            .pin(kept)
                            .build();
            Path directory = SofthsmStore.OF_PROCESS.create(library, label, soPin, pin);
            return new SofthsmToken(config, kept, directory);
        } finally {
            Arrays.fill(soPin, '\0');
            Arrays.fill(pin, '\0');
        }
    }

    private static char[] newPin() {
        char[] pin = new char[PIN_LENGTH];
        for (int i = 0; i < pin.length; i++) {
            pin[i] = PIN_ALPHABET[RANDOM.nextInt(PIN_ALPHABET.length)];
        }
        return pin;
    }

    /** Once. */
    @Override
    public void close() {
        pin.close();
        SofthsmStore.OF_PROCESS.remove(directory);
    }
}
