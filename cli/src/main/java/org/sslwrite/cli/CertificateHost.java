package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/**
 * A host that a certificate stands for.
 *
 * @param isAddress whether it is an IP address
 */
record CertificateHost(String name, boolean isAddress) {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    /** The first that it names; null if it names none. */
    static @Nullable CertificateHost of(X509Certificate certificate) {
        Collection<List<?>> names = names(certificate);
        for (List<?> name : names) {
            if (name.getFirst().equals(DNS_NAME)) {
                // A wildcard stands for any label.
                return new CertificateHost(
                        String.valueOf(name.get(1)).replaceFirst("^\\*\\.", "www."), false);
            }
        }
        for (List<?> name : names) {
            if (name.getFirst().equals(IP_ADDRESS)) {
                return new CertificateHost(String.valueOf(name.get(1)), true);
            }
        }
        return null;
    }

    private static Collection<List<?>> names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }
}
