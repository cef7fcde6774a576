package org.sslwrite;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.EncryptionException;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
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
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** Reads keys and certificates from files; every error names the file. */
final class IdentityFiles {
    private IdentityFiles() {}

    static Identity fromPkcs12(Path file, char[] password) throws IdentityException {
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
            return Identity.of(privateKey, chain, file.toString());
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
        } catch (GeneralSecurityException e) {
            throw new IdentityException(file + ": " + e.getMessage(), e);
        }
    }

    static Identity fromPem(Path certificates, Path key, char @Nullable [] password)
            throws IdentityException {
        return Identity.of(
                readPemKey(key, password),
                readCertificates(certificates),
                key + " and " + certificates);
    }

    static List<X509Certificate> readCertificates(Path file) throws IdentityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : found) {
                chain.add((X509Certificate) certificate);
            }
            if (chain.isEmpty()) {
                throw new IdentityException(file + ": holds no certificate");
            }
            return List.copyOf(chain);
        } catch (IOException e) {
            throw unreadable(file, e, "a certificate file");
        } catch (CertificateException e) {
            throw new IdentityException(file + ": not a certificate file: " + e.getMessage(), e);
        }
    }

    private static PrivateKey readPemKey(Path file, char @Nullable [] password)
            throws IdentityException {
        try (Reader reader = Files.newBufferedReader(file);
                PEMParser parser = new PEMParser(reader)) {
            for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
                PrivateKeyInfo key = privateKeyOf(entry, password, file);
                if (key != null) {
                    return new JcaPEMKeyConverter().getPrivateKey(key);
                }
            }
            throw new IdentityException(file + ": holds no private key in PEM form");
        } catch (EncryptionException | PKCSException | OperatorCreationException e) {
            throw new IdentityException(file + ": wrong password", e);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(file, e, "a private key in PEM form");
        }
    }

    private static @Nullable PrivateKeyInfo privateKeyOf(
            Object pemEntry, char @Nullable [] password, Path file)
            throws IOException, PKCSException, OperatorCreationException, IdentityException {
        return switch (pemEntry) {
            case PrivateKeyInfo plain -> plain;
            case PEMKeyPair pair -> pair.getPrivateKeyInfo();
            case PEMEncryptedKeyPair encrypted ->
                    encrypted
                            .decryptKeyPair(
                                    new JcePEMDecryptorProviderBuilder()
                                            .build(passwordFor(file, password)))
                            .getPrivateKeyInfo();
            case PKCS8EncryptedPrivateKeyInfo encrypted ->
                    encrypted.decryptPrivateKeyInfo(
                            new JceOpenSSLPKCS8DecryptorProviderBuilder()
                                    .build(passwordFor(file, password)));
            default -> null;
        };
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
        if (e instanceof FileSystemException) {
            return new IdentityException(
                    file
                            + ": cannot be read: "
                            + (Files.isDirectory(file) ? "is a folder" : "no permission"),
                    e);
        }
        String detail = e instanceof CharacterCodingException ? "binary data" : e.getMessage();
        return new IdentityException(file + ": not " + wanted + ": " + detail, e);
    }
}
