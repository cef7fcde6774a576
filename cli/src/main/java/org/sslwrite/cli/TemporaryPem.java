package org.sslwrite.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/** Certificates in a file that lives no longer than this. */
final class TemporaryPem implements AutoCloseable {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Path file;
    private final AtExit deletion;

    private TemporaryPem(Path file) {
        this.file = file;
        this.deletion = AtExit.run(this::delete);
    }

    static TemporaryPem of(List<X509Certificate> certificates) throws CommandFailure {
        try {
            TemporaryPem pem = new TemporaryPem(Files.createTempFile("sslwrite-", ".pem"));
            Files.writeString(pem.file, encoded(certificates), StandardCharsets.US_ASCII);
            return pem;
        } catch (IOException | CertificateEncodingException e) {
            throw new CommandFailure(
                    "cannot write a temporary file for the certificate: " + e.getMessage(), e);
        }
    }

    private static String encoded(List<X509Certificate> certificates)
            throws CertificateEncodingException {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(LINES.encodeToString(certificate.getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return pem.toString();
    }

    Path file() {
        return file;
    }

    private void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.err.println("sslwrite: cannot delete " + file + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        deletion.close();
    }
}
