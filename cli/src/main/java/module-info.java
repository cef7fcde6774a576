import org.jspecify.annotations.NullMarked;

/** The {@code sslwrite} command. */
@NullMarked
@SuppressWarnings("requires-automatic") // httpcore5 has a stable name, but no descriptor
module org.sslwrite.cli {
    requires info.picocli;
    requires jdk.management;
    requires me.tongfei.progressbar;
    requires org.apache.httpcomponents.core5.httpcore5;
    requires org.sslwrite;
    requires org.sslwrite.probe;
    requires org.sslwrite.softhsm;
    requires static transitive org.jspecify;

    opens org.sslwrite.cli to
            info.picocli;

    provides System.LoggerFinder with
            org.sslwrite.cli.CommandLog;
}
