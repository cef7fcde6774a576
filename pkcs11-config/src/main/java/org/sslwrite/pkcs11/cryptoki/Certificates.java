package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The certificates in a token. */
final class Certificates {
    /** A chain longer than this is no chain. */
    private static final int MAX_CHAIN = 10;

    private final CryptokiToken token;
    private final TokenObjects objects;

    Certificates(CryptokiToken token) {
        this.token = token;
        this.objects = new TokenObjects(token);
    }

    /** The handle. */
    long store(X509Certificate certificate, String label, byte[] id, boolean stored)
            throws TokenException {
        try (Template template = new Template()) {
            template.ulong(Cka.CKA_CLASS, Cka.CKO_CERTIFICATE)
                    .ulong(Cka.CKA_CERTIFICATE_TYPE, Cka.CKC_X_509)
                    .flag(Cka.CKA_TOKEN, stored)
                    .flag(Cka.CKA_PRIVATE, false)
                    .text(Cka.CKA_LABEL, label)
                    .bytes(Cka.CKA_ID, id)
                    .bytes(Cka.CKA_SUBJECT, certificate.getSubjectX500Principal().getEncoded())
                    .bytes(Cka.CKA_ISSUER, certificate.getIssuerX500Principal().getEncoded())
                    .bytes(Cka.CKA_SERIAL_NUMBER, derSerialNumber(certificate))
                    .bytes(Cka.CKA_VALUE, certificate.getEncoded());
            return token.objects().create(template, !stored);
        } catch (CertificateEncodingException e) {
            throw new TokenException(token.name() + ": the certificate has no encoding", e);
        }
    }

    private static byte[] derSerialNumber(X509Certificate certificate) {
        BigInteger number = certificate.getSerialNumber();
        return Der.integer(number);
    }

    /** The leaf that goes with the private key, then its issuers as far as the token has them. */
    List<X509Certificate> chain(KeySelector selector) throws TokenException {
        PrivateKeyHandle key = new PrivateKeys(token).find(selector);
        List<X509Certificate> all = all();
        List<X509Certificate> chain = new ArrayList<>();
        X509Certificate next = leaf(key);
        while (next != null && chain.size() < MAX_CHAIN) {
            chain.add(next);
            next = issuer(next, all);
        }
        return List.copyOf(chain);
    }

    private X509Certificate leaf(PrivateKeyHandle key) throws TokenException {
        Set<X509Certificate> leaves = new LinkedHashSet<>();
        try (Template template = template()) {
            if (key.id().length > 0) {
                template.bytes(Cka.CKA_ID, key.id());
            } else {
                template.text(Cka.CKA_LABEL, key.label());
            }
            for (long object : objects.find(template)) {
                leaves.add(parsed(object));
            }
        }
        if (leaves.size() == 1) {
            return leaves.iterator().next();
        }
        throw new TokenException(
                token.name()
                        + ": has "
                        + (leaves.isEmpty() ? "no certificate" : leaves.size() + " certificates")
                        + " with the CKA_ID of "
                        + key.describe()
                        + "; store the one that belongs to it, or give the certificates otherwise");
    }

    private List<X509Certificate> all() throws TokenException {
        List<X509Certificate> all = new ArrayList<>();
        try (Template template = template()) {
            for (long object : objects.find(template)) {
                addReadable(object, all);
            }
        }
        return all;
    }

    /** What is no certificate isn't one of the issuers. */
    private void addReadable(long object, List<X509Certificate> all) throws CryptokiException {
        try {
            all.add(parsed(object));
        } catch (CryptokiException e) {
            throw e;
        } catch (TokenException e) {
            return;
        }
    }

    private static Template template() {
        return new Template()
                .ulong(Cka.CKA_CLASS, Cka.CKO_CERTIFICATE)
                .ulong(Cka.CKA_CERTIFICATE_TYPE, Cka.CKC_X_509);
    }

    private X509Certificate parsed(long object) throws TokenException {
        objects.readAhead(object, Cka.CKA_VALUE);
        byte[] value = objects.attribute(object, Cka.CKA_VALUE);
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(
                                    new ByteArrayInputStream(value == null ? new byte[0] : value));
        } catch (CertificateException e) {
            throw new TokenException(
                    token.name()
                            + ": its certificate \""
                            + objects.text(object, Cka.CKA_LABEL)
                            + "\" cannot be read",
                    e);
        }
    }

    private static @Nullable X509Certificate issuer(
            X509Certificate certificate, List<X509Certificate> all) {
        if (isIssuedBy(certificate, certificate)) {
            return null;
        }
        return all.stream()
                .filter(candidate -> isIssuedBy(certificate, candidate))
                .findFirst()
                .orElse(null);
    }

    private static boolean isIssuedBy(X509Certificate certificate, X509Certificate issuer) {
        if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // another of the same name
        }
    }
}
