package org.sslwrite.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

/** A bar on standard error while a file is sent, if that is a terminal; otherwise nothing. */
final class TransferProgress implements AutoCloseable {
    private static final int MEBIBYTE = 1 << 20;

    private final @Nullable ProgressBar bar;

    private TransferProgress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /**
     * @param size bytes, or {@link FileSource#UNKNOWN}
     */
    static TransferProgress show(boolean wanted, String title, long size) {
        if (!wanted || !TerminalWidth.ofStandardError().isTerminal()) {
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
                        .setConsumer(new FittingConsumer())
                        .build());
    }

    /** A line that wraps stays on the terminal; the last column of some wraps by itself. */
    private static final class FittingConsumer extends ConsoleProgressBarConsumer {
        private final TerminalWidth width = TerminalWidth.ofStandardError();

        FittingConsumer() {
            super(System.err);
        }

        @Override
        public int getMaxRenderedLength() {
            return width.columns() - 1;
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
