package org.sslwrite;

import org.jspecify.annotations.Nullable;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;

/**
 * Puts a chain in order, as RFC 5246 section 7.4.2 wants it: "Each following certificate MUST
 * directly certify the one preceding it." Of several certificates of one issuer and key, a renewed
 * one and its predecessor for instance, the one that is valid now is taken, of those the newest.
 * What certifies nothing here stays behind the rest.
 */
final class ChainOrder {
    private final Date now = Date.from(Instant.now());
    private final List<X509Certificate> ordered = new ArrayList<>();
    private final List<X509Certificate> left;

    private ChainOrder(List<X509Certificate> certificates) {
        this.left = new ArrayList<>(certificates);
    }

    /**
     * @param certificates the leaf first
     */
    static List<X509Certificate> of(List<X509Certificate> certificates) {
        ChainOrder order = new ChainOrder(certificates);
        @Nullable X509Certificate current = order.left.removeFirst();
        while (current != null) {
            order.ordered.add(current);
            current = order.takeIssuerOf(current);
        }
        order.ordered.addAll(order.left);
        return List.copyOf(order.ordered);
    }

    private @Nullable X509Certificate takeIssuerOf(X509Certificate certificate) {
        List<X509Certificate> issuers =
                left.stream().filter(issuer -> certifies(issuer, certificate)).toList();
        X509Certificate best =
                issuers.stream()
                        .max(
                                Comparator.comparing(this::isValid)
                                        .thenComparing(X509Certificate::getNotBefore))
                        .orElse(null);
        if (best != null) {
            left.removeIf(other -> issuers.contains(other) && isSameKey(other, best));
        }
        return best;
    }

    private static boolean isSameKey(X509Certificate one, X509Certificate other) {
        return other.getPublicKey().equals(one.getPublicKey());
    }

    private boolean isValid(X509Certificate certificate) {
        return !now.before(certificate.getNotBefore()) && !now.after(certificate.getNotAfter());
    }

    private static boolean certifies(X509Certificate issuer, X509Certificate certificate) {
        if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        PublicKey key = issuer.getPublicKey();
        try {
            certificate.verify(key);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
