import org.jspecify.annotations.NullMarked;

/** The {@code sslwrite} command. */
@NullMarked
module org.sslwrite.cli {
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires org.sslwrite;
    requires org.sslwrite.softhsm;
    requires static transitive org.jspecify;

    opens org.sslwrite.cli to
            info.picocli;

    provides System.LoggerFinder with
            org.sslwrite.cli.CommandLog;
}
