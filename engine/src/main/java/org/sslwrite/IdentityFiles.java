package org.sslwrite;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMDecryptorProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Reads keys and certificates from files; every error names the file. */
final class IdentityFiles {
    private static final Set<String> CERTIFICATE_TYPES = Set.of("CERTIFICATE", "X509 CERTIFICATE");

    private IdentityFiles() {}

    static TlsIdentity fromPkcs12(Path file, char[] password) throws IdentityException {
        KeyStore store = openPkcs12(file, password);
        try {
            String found = null;
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    if (found != null) {
                        throw new IdentityException(
                                file
                                        + ": holds more than one private key ("
                                        + found
                                        + ", "
                                        + alias
                                        + ")");
                    }
                    found = alias;
                }
            }
            if (found == null) {
                throw new IdentityException(file + ": holds no private key");
            }
            Key key = store.getKey(found, password);
            Certificate[] certificates = store.getCertificateChain(found);
            if (!(key instanceof PrivateKey privateKey) || certificates == null) {
                throw new IdentityException(file + ": entry \"" + found + "\" has no certificate");
            }
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : certificates) {
                chain.add((X509Certificate) certificate);
            }
            return TlsIdentity.of(privateKey, chain, file.toString());
        } catch (IdentityException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IdentityException(file + ": " + e.getMessage(), e);
        }
    }

    private static KeyStore openPkcs12(Path file, char[] password) throws IdentityException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            return store;
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new IdentityException(file + ": wrong password", e);
            }
            throw unreadable(file, e, "a PKCS#12 file");
        } catch (GeneralSecurityException | RuntimeException e) {
            throw unreadable(file, e, "a PKCS#12 file");
        }
    }

    static TlsIdentity fromPem(Path certificates, Path key, char @Nullable [] password)
            throws IdentityException {
        return TlsIdentity.of(
                readPemKey(key, password),
                readCertificates(certificates),
                key + " and " + certificates);
    }

    static List<X509Certificate> readCertificates(Path file) throws IdentityException {
        try {
            byte[] bytes = Files.readAllBytes(file);
            List<X509Certificate> chain = pemCertificates(bytes);
            if (chain.isEmpty()) {
                chain = anyCertificates(bytes);
            }
            if (chain.isEmpty()) {
                throw new IdentityException(file + ": holds no certificate");
            }
            return List.copyOf(chain);
        } catch (IOException e) {
            throw unreadable(file, e, "a certificate file");
        } catch (CertificateException | RuntimeException e) {
            throw new IdentityException(file + ": not a certificate file: " + words(e), e);
        }
    }

    /** The certificates among whatever else a PEM file holds, a key for instance. */
    private static List<X509Certificate> pemCertificates(byte[] bytes)
            throws IOException, CertificateException {
        List<X509Certificate> chain = new ArrayList<>();
        Reader text = new StringReader(new String(bytes, StandardCharsets.ISO_8859_1));
        try (PEMParser parser = new PEMParser(text)) {
            for (PemObject entry = parser.readPemObject();
                    entry != null;
                    entry = parser.readPemObject()) {
                if (CERTIFICATE_TYPES.contains(entry.getType())) {
                    chain.addAll(anyCertificates(entry.getContent()));
                }
            }
        }
        return chain;
    }

    private static List<X509Certificate> anyCertificates(byte[] bytes) throws CertificateException {
        List<X509Certificate> chain = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (Certificate found : factory.generateCertificates(new ByteArrayInputStream(bytes))) {
            chain.add((X509Certificate) found);
        }
        return chain;
    }

    private static PrivateKey readPemKey(Path file, char @Nullable [] password)
            throws IdentityException {
        try (Reader reader = Files.newBufferedReader(file);
                PEMParser parser = new PEMParser(reader)) {
            for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
                PrivateKey key = privateKeyOf(entry, password, file);
                if (key != null) {
                    return key;
                }
            }
            throw new IdentityException(file + ": holds no private key in PEM form");
        } catch (IOException | RuntimeException e) {
            throw unreadable(file, e, "a private key in PEM form");
        }
    }

    private static @Nullable PrivateKey privateKeyOf(
            Object pemEntry, char @Nullable [] password, Path file)
            throws IOException, IdentityException {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        return switch (pemEntry) {
            case PrivateKeyInfo plain -> converter.getPrivateKey(plain);
            case PEMKeyPair pair -> converter.getPrivateKey(pair.getPrivateKeyInfo());
            case PEMEncryptedKeyPair pair -> {
                PEMDecryptorProvider decryptor =
                        new JcePEMDecryptorProviderBuilder()
                                .setProvider(BouncyCastle.PROVIDER)
                                .build(passwordFor(file, password));
                yield decrypted(
                        file,
                        () ->
                                converter.getPrivateKey(
                                        pair.decryptKeyPair(decryptor).getPrivateKeyInfo()));
            }
            case PKCS8EncryptedPrivateKeyInfo info -> {
                JceOpenSSLPKCS8DecryptorProviderBuilder builder =
                        new JceOpenSSLPKCS8DecryptorProviderBuilder()
                                .setProvider(BouncyCastle.PROVIDER);
                char[] known = passwordFor(file, password);
                yield decrypted(
                        file,
                        () ->
                                converter.getPrivateKey(
                                        info.decryptPrivateKeyInfo(builder.build(known))));
            }
            default -> null;
        };
    }

    private interface Decryption {
        PrivateKey run() throws IOException, PKCSException, OperatorCreationException;
    }

    /** A wrong password may show as late as in the garbage that it decrypts to. */
    private static PrivateKey decrypted(Path file, Decryption decryption) throws IdentityException {
        try {
            return decryption.run();
        } catch (OperatorCreationException e) {
            throw new IdentityException(file + ": cannot be decrypted: " + words(e), e);
        } catch (IOException | PKCSException | RuntimeException e) {
            throw new IdentityException(file + ": wrong password", e);
        }
    }

    private static char[] passwordFor(Path file, char @Nullable [] password)
            throws IdentityException {
        if (password == null) {
            throw new IdentityException(
                    file + ": the private key is encrypted; a password is needed");
        }
        return password;
    }

    private static IdentityException unreadable(Path file, Exception e, String wanted) {
        if (e instanceof NoSuchFileException) {
            return new IdentityException(file + ": no such file", e);
        }
        if (Files.isDirectory(file)) {
            return new IdentityException(file + ": is a folder; a file is needed", e);
        }
        if (e instanceof FileSystemException) {
            return new IdentityException(file + ": cannot be read: no permission", e);
        }
        return new IdentityException(file + ": not " + wanted + ": " + words(e), e);
    }

    /** What an exception says, in one line. */
    private static String words(Exception e) {
        if (e instanceof CharacterCodingException) {
            return "binary data";
        }
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse(e.getClass().getSimpleName());
    }
}
