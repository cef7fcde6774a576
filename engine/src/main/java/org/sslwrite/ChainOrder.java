package org.sslwrite;

import org.jspecify.annotations.Nullable;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Date;
import java.util.List;

/**
 * Puts a chain in order, as RFC 5246 section 7.4.2 wants it: "Each following certificate MUST
 * directly certify the one preceding it." Of a renewed certificate and its predecessor (of one
 * subject, key and issuer) the one that is valid now is taken, of those the newest. Of an
 * authority's certificates by several issuers the first that is valid is taken; the others, and
 * what certifies nothing here, stay behind the rest: a peer may build another path with them.
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
        if (issuers.isEmpty()) {
            return null;
        }
        X509Certificate first =
                issuers.stream().filter(this::isValid).findFirst().orElse(issuers.getFirst());
        List<X509Certificate> renewals =
                issuers.stream().filter(other -> isRenewal(other, first)).toList();
        left.removeAll(renewals);
        return Collections.max(
                renewals,
                Comparator.comparing(this::isValid).thenComparing(X509Certificate::getNotBefore));
    }

    private static boolean isRenewal(X509Certificate one, X509Certificate other) {
        return one.getPublicKey().equals(other.getPublicKey())
                && one.getIssuerX500Principal().equals(other.getIssuerX500Principal());
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
