package org.sslwrite.cli;

import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.config.VendorConfiguration;
import org.sslwrite.pkcs11.vendor.Vendor;
import org.sslwrite.pkcs11.vendor.VendorCatalogue;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.Iterator;
import java.util.concurrent.Callable;

/** {@code sslwrite config}: a configuration for a vendor's token. */
@Command(
        name = "config",
        sortOptions = false,
        header = "Print a configuration for a vendor's PKCS#11 token, with comments.",
        description = {
            "",
            "What it prints is complete but for the token's label, the PIN's source and the key;"
                    + " save it, fill them in, and try it with 'sslwrite probe --config FILE'.",
            ""
        },
        footer = {"", "Example:", "  sslwrite config softhsm > token.properties"})
final class ConfigCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "VENDOR",
            completionCandidates = Vendors.class,
            description = "One of: ${COMPLETION-CANDIDATES}.")
    private String vendor;

    @Mixin private HelpOptions help;

    /** The ids of the catalogue. */
    static final class Vendors implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return VendorCatalogue.all().stream().map(Vendor::id).iterator();
        }
    }

    @Override
    public Integer call() throws CommandFailure {
        try {
            StandardOutput.print(
                    spec.commandLine().getOut(),
                    VendorConfiguration.of(VendorCatalogue.byId(vendor)).stripTrailing());
            return 0;
        } catch (TokenConfigException e) {
            throw new CommandFailure("\"" + vendor + "\": " + e.getMessage(), e);
        }
    }
}
