package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.IdentityException;
import org.sslwrite.TlsIdentity;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/**
 * The options that say who we are: a certificate with its key, from PEM files or a PKCS#12 file.
 */
final class IdentityOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Our certificate chain, PEM, the leaf first.")
    private @Nullable Path certificate;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Its private key, PEM; default: in the file of --cert.")
    private @Nullable Path key;

    @Option(
            names = "--p12",
            paramLabel = "FILE",
            description = "Certificate chain and key as a PKCS#12 file.")
    private @Nullable Path pkcs12;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "Its first line is the password of the key; else the environment's"
                            + " SSLWRITE_PASSWORD has it, else a terminal asks for it.")
    private @Nullable Path passwordFile;

    /** The identity asked for; null if none is. */
    @Nullable TlsIdentity load() throws CommandFailure {
        requireThatOptionsFit();
        try {
            if (pkcs12 != null) {
                return fromPkcs12(pkcs12);
            }
            return certificate == null
                    ? null
                    : fromPem(certificate, key == null ? certificate : key);
        } catch (IdentityException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    /** The certificates for a key in a token, if a file has them; null if the token is to. */
    @Nullable List<X509Certificate> chainForTokenKey() throws CommandFailure {
        if (key != null || pkcs12 != null || passwordFile != null) {
            throw new ParameterException(
                    command.commandLine(),
                    "--key-in-token goes without --key, --p12 and --password-file");
        }
        return certificate == null ? null : InputFiles.certificates(certificate);
    }

    private void requireThatOptionsFit() {
        if (pkcs12 != null && (certificate != null || key != null)) {
            throw new ParameterException(
                    command.commandLine(), "--p12 goes without --cert and --key");
        }
        if (key != null && certificate == null) {
            throw new ParameterException(command.commandLine(), "--key needs --cert");
        }
        if (passwordFile != null && pkcs12 == null && certificate == null) {
            throw new ParameterException(
                    command.commandLine(), "--password-file needs --p12 or --cert");
        }
    }

    private TlsIdentity fromPkcs12(Path file) throws CommandFailure, IdentityException {
        InputFiles.requireReadable(file);
        char[] password = Password.read(file, passwordFile);
        try {
            return TlsIdentity.fromPkcs12(file, password);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private TlsIdentity fromPem(Path chain, Path privateKey)
            throws CommandFailure, IdentityException {
        InputFiles.requireReadable(chain);
        InputFiles.requireReadable(privateKey);
        char[] password = isEncrypted(privateKey) ? Password.read(privateKey, passwordFile) : null;
        try {
            return TlsIdentity.fromPem(chain, privateKey, password);
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
    }

    /**
     * PKCS#8 says so in its first line (RFC 7468 section 11), the older forms in a header (RFC 1421
     * section 4.6.1.1).
     */
    private static boolean isEncrypted(Path file) throws CommandFailure {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            return reader.lines()
                    .anyMatch(
                            line ->
                                    line.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY")
                                            || line.startsWith("Proc-Type: 4,ENCRYPTED"));
        } catch (IOException | UncheckedIOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }
}
