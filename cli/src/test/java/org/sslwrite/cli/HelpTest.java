package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The texts in docs/help, which the script prints before anything is built, are what the commands
 * say. {@code mvn -pl cli -am test -Dtest=HelpTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dsslwrite.help=write} writes them anew.
 */
class HelpTest {
    private static final Path TEXTS = Path.of("..", "docs", "help");

    @ParameterizedTest
    @ValueSource(strings = {"sslwrite", "demo", "serve", "send", "probe", "config"})
    void textIsTheHelp(String command) throws IOException {
        CommandLine main = Main.commandLine();
        CommandLine asked = command.equals("sslwrite") ? main : main.getSubcommands().get(command);
        String help = asked.setUsageHelpAutoWidth(false).getUsageMessage(Ansi.OFF);
        Path text = TEXTS.resolve(command + ".txt");
        if ("write".equals(System.getProperty("sslwrite.help"))) {
            Files.createDirectories(TEXTS);
            Files.writeString(text, help);
        }
        assertEquals(help, Files.readString(text), "see HelpTest for how to write it anew");
    }
}
