package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Cka;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Template;
import org.sslwrite.pkcs11.key.Der;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The certificates in a token. */
final class Certificates {
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

    /**
     * All that is in the token.
     *
     * @param key those with its CKA_ID, or its label if it has no id, are noted
     */
    List<CertificateChain.Stored> all(PrivateKeyHandle key) throws TokenException {
        Set<Long> named = new HashSet<>();
        try (Template template = template()) {
            if (key.id().length > 0) {
                template.bytes(Cka.CKA_ID, key.id());
            } else {
                template.text(Cka.CKA_LABEL, key.label());
            }
            named.addAll(objects.find(template));
        }
        List<CertificateChain.Stored> all = new ArrayList<>();
        try (Template template = template()) {
            for (long object : objects.find(template)) {
                addReadable(object, named.contains(object), all);
            }
        }
        return all;
    }

    /** What is no certificate goes with no key, and is no issuer. */
    private void addReadable(long object, boolean named, List<CertificateChain.Stored> all)
            throws TokenException {
        try {
            all.add(new CertificateChain.Stored(parsed(object), named));
        } catch (CryptokiException e) {
            throw e;
        } catch (TokenException e) {
            if (named) {
                throw e;
            }
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
}
