package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;

import java.time.Duration;

/** A token did not answer within the time that its configuration allows (callTimeout). */
public final class NoAnswerException extends TokenException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String what, Duration limit) {
        super(what + ": no answer within " + seconds(limit) + " s (callTimeout)");
    }

    private static String seconds(Duration limit) {
        String seconds = Double.toString(limit.toMillis() / 1000.0);
        return seconds.endsWith(".0") ? seconds.substring(0, seconds.length() - 2) : seconds;
    }
}
