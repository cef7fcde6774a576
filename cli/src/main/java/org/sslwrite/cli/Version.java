package org.sslwrite.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        var module = Main.class.getModule().getDescriptor();
        String version =
                module == null ? "(development)" : module.rawVersion().orElse("(development)");
        return new String[] {
            "sslwrite " + version,
            "Java "
                    + Runtime.version()
                    + ", "
                    + System.getProperty("os.name")
                    + " "
                    + System.getProperty("os.arch")
        };
    }
}
