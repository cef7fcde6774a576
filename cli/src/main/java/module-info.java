import org.jspecify.annotations.NullMarked;

/** The {@code sslwrite} command. */
@NullMarked
module org.sslwrite.cli {
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires org.sslwrite;
    requires static transitive org.jspecify;

    opens org.sslwrite.cli to
            info.picocli;
}
