package org.sslwrite.pkcs11.pin;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A PIN in memory that is wiped by {@link #close}. Prints as "PIN". Safe for several threads. */
public final class Pin implements AutoCloseable {
    /** Bytes of UTF-8 that a PIN may have. */
    static final int MAX_BYTES = 4096;

    private char @Nullable [] pin;

    /**
     * Copies; the argument stays the caller's to wipe.
     *
     * @throws IllegalArgumentException if it is empty, longer than 4096 bytes of UTF-8, or has
     *     control characters in it
     */
    public Pin(char[] pin) {
        if (pin.length == 0) {
            throw new IllegalArgumentException("the PIN is empty");
        }
        for (char c : pin) {
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException("the PIN has a control character in it");
            }
        }
        byte[] encoded = encoded(pin);
        Arrays.fill(encoded, (byte) 0);
        if (encoded.length > MAX_BYTES) {
            throw new IllegalArgumentException("the PIN is longer than " + MAX_BYTES + " bytes");
        }
        this.pin = pin.clone();
    }

    /**
     * A copy as UTF-8, which the caller wipes.
     *
     * @throws IllegalStateException after {@link #close}
     */
    public synchronized byte[] utf8() {
        return encoded(present());
    }

    /**
     * A copy, which the caller wipes.
     *
     * @throws IllegalStateException after {@link #close}
     */
    public synchronized char[] chars() {
        return present().clone();
    }

    /** Wipes it. Twice does no harm. */
    @Override
    public synchronized void close() {
        if (pin != null) {
            Arrays.fill(pin, '\0');
            pin = null;
        }
    }

    @Override
    public String toString() {
        return "PIN";
    }

    private char[] present() {
        if (pin == null) {
            throw new IllegalStateException("the PIN has been wiped");
        }
        return pin;
    }

    private static byte[] encoded(char[] chars) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(chars.length, 3));
        try {
            var encoder =
                    StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPORT);
            var result = encoder.encode(CharBuffer.wrap(chars), bytes, true);
            if (result.isError()) {
                result.throwException();
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the PIN is no Unicode text", e);
        } finally {
            Arrays.fill(bytes.array(), (byte) 0);
        }
    }
}
