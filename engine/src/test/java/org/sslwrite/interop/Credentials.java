package org.sslwrite.interop;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.sslwrite.TlsIdentity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * An identity, for us as an object and for the tools as PEM files.
 *
 * @param identity key and certificates
 * @param certificate PEM file with the certificates, the leaf first
 * @param issuers PEM file with the certificates but for the leaf
 * @param key PEM file with the key
 */
public record Credentials(TlsIdentity identity, Path certificate, Path issuers, Path key) {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    public static Credentials of(TlsIdentity identity, Path folder)
            throws IOException, GeneralSecurityException {
        Path certificateFile = Files.createTempFile(folder, "certificate", ".pem");
        Path keyFile = Files.createTempFile(folder, "key", ".pem");
        Path issuersFile = Files.createTempFile(folder, "issuers", ".pem");
        List<X509Certificate> chain = identity.chain();
        Files.writeString(certificateFile, pem(chain));
        Files.writeString(issuersFile, pem(chain.subList(1, chain.size())));
        Files.writeString(keyFile, pem("PRIVATE KEY", withPublicKey(identity)));
        return new Credentials(identity, certificateFile, issuersFile, keyFile);
    }

    /** A key and a certificate signed by itself. */
    public static Credentials selfSigned(String host, String algorithm, Path folder)
            throws IOException, GeneralSecurityException {
        return of(TlsIdentity.selfSigned(host, algorithm), folder);
    }

    /** PKCS#8, for an EC key with the public key inside: GnuTLS 3.7.9 cannot read it without. */
    private static byte[] withPublicKey(TlsIdentity identity) throws IOException {
        PrivateKeyInfo key = PrivateKeyInfo.getInstance(identity.privateKey().getEncoded());
        if (identity.isRsa()) {
            return key.getEncoded();
        }
        ECPrivateKey bare = ECPrivateKey.getInstance(key.parsePrivateKey());
        ASN1Encodable curve = key.getPrivateKeyAlgorithm().getParameters();
        byte[] publicKey = identity.certificate().getPublicKey().getEncoded();
        ECPrivateKey whole =
                new ECPrivateKey(
                        8 * bare.getPrivateKey().getOctetsLength(),
                        bare.getKey(),
                        SubjectPublicKeyInfo.getInstance(publicKey).getPublicKeyData(),
                        curve);
        return new PrivateKeyInfo(key.getPrivateKeyAlgorithm(), whole).getEncoded();
    }

    public X509Certificate leaf() {
        return identity.certificate();
    }

    private static String pem(List<X509Certificate> certificates)
            throws CertificateEncodingException {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return text.toString();
    }

    private static String pem(String type, byte[] encoded) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(type, LINES.encodeToString(encoded), type);
    }
}
