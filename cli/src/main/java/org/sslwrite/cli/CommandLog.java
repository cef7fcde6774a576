package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.text.MessageFormat;
import java.util.ResourceBundle;

/**
 * Where the library's messages go when it runs in this command: warnings to standard error, a line
 * each, all others nowhere.
 */
public final class CommandLog extends System.LoggerFinder {
    @Override
    public System.Logger getLogger(String name, Module module) {
        return new System.Logger() {
            @Override
            public String getName() {
                return name;
            }

            @Override
            public boolean isLoggable(Level level) {
                return level.getSeverity() >= Level.WARNING.getSeverity()
                        && level != Level.OFF
                        && name.startsWith("org.sslwrite");
            }

            @Override
            public void log(
                    Level level,
                    @Nullable ResourceBundle bundle,
                    @Nullable String message,
                    @Nullable Throwable thrown) {
                print(level, message);
            }

            @Override
            public void log(
                    Level level,
                    @Nullable ResourceBundle bundle,
                    @Nullable String format,
                    @Nullable Object @Nullable ... parameters) {
                print(
                        level,
                        format == null || parameters == null
                                ? format
                                : MessageFormat.format(format, parameters));
            }

            private void print(Level level, @Nullable String message) {
                if (isLoggable(level) && !AtExit.exiting()) {
                    System.err.println(OneLine.of("sslwrite: warning: " + message));
                }
            }
        };
    }
}
