package org.sslwrite.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A bar on standard error while a file is sent, if that is a terminal; otherwise nothing. */
final class TransferProgress implements AutoCloseable {
    private static final int MEBIBYTE = 1 << 20;
    private static final int WIDTH = 79;

    private final @Nullable ProgressBar bar;

    private TransferProgress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /**
     * @param size bytes, or {@link FileSource#UNKNOWN}
     */
    static TransferProgress show(boolean wanted, String title, long size) {
        if (!wanted || !errorIsTerminal()) {
            return new TransferProgress(null);
        }
        return new TransferProgress(
                new ProgressBarBuilder()
                        .setTaskName(title)
                        .setInitialMax(size)
                        .setUnit(" MiB", MEBIBYTE)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(100)
                        .showSpeed()
                        .clearDisplayOnFinish()
                        .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
                        .build());
    }

    /**
     * The JDK knows this of standard input and output together only ({@code Console.isTerminal}).
     */
    private static boolean errorIsTerminal() {
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
            return target.startsWith("/dev/pts")
                    || target.toString().matches("/dev/(tty.*|console)");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null && System.console().isTerminal();
        }
    }

    void sent(long bytes) {
        if (bar != null) {
            bar.stepTo(bytes);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
