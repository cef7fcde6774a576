package org.sslwrite;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nsri.NSRIObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.openssl.PEMDecryptorProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.DefaultSecretKeySizeProvider;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.SecretKeySizeProvider;
import org.bouncycastle.pkcs.PKCS12PfxPdu;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilderProvider;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads keys and certificates from files; every error names the file. */
final class IdentityFiles {
    /** What OpenSSL writes with -trustout: a certificate, and what it is trusted for behind it. */
    private static final String TRUSTED = "TRUSTED CERTIFICATE";

    private static final Set<String> CERTIFICATE_LABELS =
            Set.of("CERTIFICATE", "X509 CERTIFICATE", TRUSTED);

    private static final Set<String> KEY_LABELS =
            Set.of("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY");

    /** Of the ciphers that OpenSSL names in DEK-Info, those that Bouncy Castle decrypts. */
    private static final Pattern DEK_INFO =
            Pattern.compile(
                    "DEK-Info:"
                        + " *(AES-(128|192|256)|DES(-EDE3?)?|BF|RC2(-40|-64)?)-(CBC|CFB|ECB|OFB),.*");

    /** Bouncy Castle knows the ciphers, but not how long their keys are. */
    private static final Map<ASN1ObjectIdentifier, Integer> ARIA_KEY_BITS =
            Map.of(
                    NSRIObjectIdentifiers.id_aria128_cbc, 128,
                    NSRIObjectIdentifiers.id_aria192_cbc, 192,
                    NSRIObjectIdentifiers.id_aria256_cbc, 256);

    /** Bytes of a file; more than any that holds a key and its certificates. */
    private static final int MAX_PKCS12 = 1 << 24;

    private IdentityFiles() {}

    /**
     * By the JDK, else by Bouncy Castle: the JDK passes over a key that is not encrypted (RFC 7292,
     * 4.2.1: keyBag), and knows no cipher but AES in PBES2.
     */
    static TlsIdentity fromPkcs12(Path file, char[] password) throws IdentityException {
        byte[] encoded = contentOf(file);
        try {
            TlsIdentity found = fromStore(file, encoded, password, KeyStore.getInstance("PKCS12"));
            if (found != null) {
                return found;
            }
        } catch (IdentityException e) {
            throw e;
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            // The next one may read it, or say better why nobody can.
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12", BouncyCastle.PROVIDER);
            TlsIdentity found = fromStore(file, encoded, password, store);
            if (found != null) {
                return found;
            }
        } catch (IdentityException e) {
            throw e;
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw unusablePkcs12(file, encoded, password, e);
        }
        throw new IdentityException(file + ": holds no private key");
    }

    private static byte[] contentOf(Path file) throws IdentityException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_PKCS12 + 1);
            if (content.length > MAX_PKCS12) {
                throw new IdentityException(file + ": not a PKCS#12 file: it has more than 16 MiB");
            }
            return content;
        } catch (IOException | RuntimeException e) {
            throw unreadable(file, e, "a PKCS#12 file");
        }
    }

    /** Null if there is no private key. */
    private static @Nullable TlsIdentity fromStore(
            Path file, byte[] encoded, char[] password, KeyStore store)
            throws IdentityException, GeneralSecurityException, IOException {
        store.load(new ByteArrayInputStream(encoded), password);
        String found = keyIn(store, file);
        if (found == null) {
            return null;
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
    }

    /** The MAC over the contents tells a wrong password from a cipher that nobody knows. */
    private static IdentityException unusablePkcs12(
            Path file, byte[] encoded, char[] password, Exception failure) {
        IdentityException notSupported =
                new IdentityException(
                        file
                                + ": is encrypted in a way that is not supported ("
                                + words(failure)
                                + "); convert it, and use what comes of it as certificate and key:"
                                + " openssl pkcs12 -in FILE -aes256 -out NEW.pem",
                        failure);
        if (encoded.length == 0) {
            return new IdentityException(file + ": not a PKCS#12 file: it is empty", failure);
        }
        PKCS12PfxPdu contents;
        try {
            contents = new PKCS12PfxPdu(encoded);
        } catch (IOException | RuntimeException e) {
            return unreadable(file, e, "a PKCS#12 file");
        }
        try {
            boolean isRight =
                    contents.hasMac()
                            ? contents.isMacValid(
                                    new JcePKCS12MacCalculatorBuilderProvider()
                                            .setProvider(BouncyCastle.PROVIDER),
                                    password)
                            : !(failure.getCause() instanceof UnrecoverableKeyException);
            return isRight
                    ? notSupported
                    : new IdentityException(file + ": wrong password", failure);
        } catch (PKCSException | RuntimeException e) {
            return notSupported;
        }
    }

    /** The alias of the only private key; null if there is none. */
    private static @Nullable String keyIn(KeyStore store, Path file)
            throws IdentityException, KeyStoreException {
        List<String> keys = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                keys.add(alias);
            }
        }
        if (keys.size() > 1) {
            throw new IdentityException(
                    file + ": holds more than one private key (" + String.join(", ", keys) + ")");
        }
        return keys.isEmpty() ? null : keys.getFirst();
    }

    static TlsIdentity fromPem(Path certificates, Path key, char @Nullable [] password)
            throws IdentityException {
        PrivateKey privateKey = readPemKey(key, password);
        List<X509Certificate> chain = readCertificates(certificates, false);
        return TlsIdentity.of(
                privateKey, TlsIdentity.leafFirst(privateKey, chain), key + " and " + certificates);
    }

    static List<X509Certificate> readCertificates(Path file) throws IdentityException {
        return readCertificates(file, true);
    }

    /**
     * @param forTrust whether limits of what a certificate is trusted for must be obeyed
     */
    private static List<X509Certificate> readCertificates(Path file, boolean forTrust)
            throws IdentityException {
        try {
            byte[] bytes = Files.readAllBytes(file);
            List<PemFile.Block> blocks = PemFile.blocks(bytes);
            List<X509Certificate> chain = new ArrayList<>();
            for (PemFile.Block block : blocks) {
                if (CERTIFICATE_LABELS.contains(block.label())) {
                    chain.add(certificate(block, forTrust));
                }
            }
            if (blocks.isEmpty()) {
                chain = binaryCertificates(bytes);
            }
            if (chain.isEmpty()) {
                throw new IdentityException("holds no certificate");
            }
            return List.copyOf(chain);
        } catch (IdentityException e) {
            throw new IdentityException(file + ": not a certificate file: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(file, e, "a certificate file");
        } catch (CertificateException | RuntimeException e) {
            throw new IdentityException(file + ": not a certificate file: " + words(e), e);
        }
    }

    private static X509Certificate certificate(PemFile.Block block, boolean forTrust)
            throws IdentityException {
        byte[] content = block.content();
        ByteArrayInputStream in = new ByteArrayInputStream(content);
        try {
            X509Certificate certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
            int behind = content.length - certificate.getEncoded().length;
            boolean limited = block.label().equals(TRUSTED) && behind > 0;
            if (limited && forTrust) {
                throw new IdentityException(
                        "the block "
                                + TRUSTED
                                + " at line "
                                + block.line()
                                + " limits what it is trusted for, which is not supported; write"
                                + " it without that: openssl x509 -in FILE -out NEW");
            }
            if (behind != 0 && !limited) {
                throw new IdentityException(
                        "the block "
                                + block.label()
                                + " at line "
                                + block.line()
                                + " is damaged: "
                                + behind
                                + " bytes behind the certificate");
            }
            return certificate;
        } catch (CertificateException | RuntimeException e) {
            throw new IdentityException(
                    "the block "
                            + block.label()
                            + " at line "
                            + block.line()
                            + " is damaged: "
                            + words(e),
                    e);
        }
    }

    private static List<X509Certificate> binaryCertificates(byte[] bytes)
            throws CertificateException {
        List<X509Certificate> chain = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (Certificate found : factory.generateCertificates(new ByteArrayInputStream(bytes))) {
            chain.add((X509Certificate) found);
        }
        return chain;
    }

    private static PrivateKey readPemKey(Path file, char @Nullable [] password)
            throws IdentityException {
        try {
            byte[] bytes = Files.readAllBytes(file);
            List<PemFile.Block> blocks = pemBlocks(file, bytes);
            for (PemFile.Block block : blocks) {
                if (KEY_LABELS.contains(block.label())) {
                    return privateKey(block, password, file);
                }
            }
            throw new IdentityException(
                    file + ": holds no private key in PEM form" + otherKeys(blocks));
        } catch (IOException | RuntimeException e) {
            throw unreadable(file, e, "a private key in PEM form");
        }
    }

    private static List<PemFile.Block> pemBlocks(Path file, byte[] bytes) throws IdentityException {
        try {
            List<PemFile.Block> blocks = PemFile.blocks(bytes);
            if (blocks.isEmpty() && isBinary(bytes)) {
                throw new IdentityException("binary data");
            }
            return blocks;
        } catch (IdentityException e) {
            throw new IdentityException(
                    file + ": not a private key in PEM form: " + e.getMessage(), e);
        }
    }

    private static boolean isBinary(byte[] bytes) {
        for (byte b : bytes) {
            if (b >= 0 && b < ' ' && !Character.isWhitespace(b)) {
                return true;
            }
        }
        return false;
    }

    /** A key that stands there, but in a form of somebody else's. */
    private static String otherKeys(List<PemFile.Block> blocks) {
        return blocks.stream()
                .map(PemFile.Block::label)
                .filter(label -> label.endsWith("PRIVATE KEY"))
                .findFirst()
                .map(label -> "; \"" + label + "\" is not supported, PKCS#8 is")
                .orElse("");
    }

    private static PrivateKey privateKey(PemFile.Block block, char @Nullable [] password, Path file)
            throws IOException, IdentityException {
        Object entry;
        try (PEMParser parser = new PEMParser(new StringReader(block.text()))) {
            entry = parser.readObject();
        }
        return switch (entry) {
            case PrivateKeyInfo plain -> converted(plain, file);
            case PEMKeyPair pair -> converted(pair.getPrivateKeyInfo(), file);
            case PEMEncryptedKeyPair pair -> {
                char[] known = passwordFor(file, password);
                requireKnownCipher(block, file);
                PEMDecryptorProvider decryptor =
                        new JcePEMDecryptorProviderBuilder()
                                .setProvider(BouncyCastle.PROVIDER)
                                .build(known);
                yield converted(
                        decrypted(file, () -> pair.decryptKeyPair(decryptor).getPrivateKeyInfo()),
                        file);
            }
            case PKCS8EncryptedPrivateKeyInfo info -> {
                InputDecryptorProvider decryptor =
                        new JcePKCSPBEInputDecryptorProviderBuilder()
                                .setProvider(BouncyCastle.PROVIDER)
                                .setKeySizeProvider(new KeySizes())
                                .build(passwordFor(file, password));
                yield converted(decrypted(file, () -> info.decryptPrivateKeyInfo(decryptor)), file);
            }
            case null, default ->
                    throw new IdentityException(
                            file
                                    + ": the block "
                                    + block.label()
                                    + " at line "
                                    + block.line()
                                    + " holds no private key");
        };
    }

    private static final class KeySizes implements SecretKeySizeProvider {
        @Override
        public int getKeySize(AlgorithmIdentifier cipher) {
            return getKeySize(cipher.getAlgorithm());
        }

        @Override
        public int getKeySize(ASN1ObjectIdentifier cipher) {
            Integer aria = ARIA_KEY_BITS.get(cipher);
            return aria != null ? aria : DefaultSecretKeySizeProvider.INSTANCE.getKeySize(cipher);
        }
    }

    private static void requireKnownCipher(PemFile.Block block, Path file)
            throws IdentityException {
        for (String line : block.body()) {
            if (line.startsWith("DEK-Info:") && !DEK_INFO.matcher(line).matches()) {
                throw notSupported(file, line, null);
            }
        }
    }

    private static IdentityException notSupported(
            Path file, String how, @Nullable Exception cause) {
        return new IdentityException(
                file
                        + ": the way that the key is encrypted in is not supported ("
                        + how
                        + "); encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out"
                        + " NEW",
                cause);
    }

    private interface Decryption {
        PrivateKeyInfo run() throws IOException, PKCSException;
    }

    /** What was decrypted well may still be a key of a kind, or on a curve, that nobody knows. */
    private static PrivateKey converted(PrivateKeyInfo info, Path file) throws IdentityException {
        try {
            return new JcaPEMKeyConverter().getPrivateKey(info);
        } catch (IOException | RuntimeException e) {
            throw new IdentityException(
                    file
                            + ": not a private key in PEM form that can be used ("
                            + words(e)
                            + "); use RSA, or EC on P-256, P-384 or P-521",
                    e);
        }
    }

    /** A wrong password may show as late as in the garbage that it decrypts to. */
    private static PrivateKeyInfo decrypted(Path file, Decryption decryption)
            throws IdentityException {
        try {
            return decryption.run();
        } catch (IOException | PKCSException | RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof OperatorCreationException creation) {
                    throw notSupported(file, words(creation), e);
                }
            }
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
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse(e.getClass().getSimpleName());
    }
}
