/// JMH benchmarks of the engine.
@SuppressWarnings("requires-automatic") // JMH has no module name of its own
module org.sslwrite.bench {
    requires jmh.core;
    requires org.sslwrite;
    requires static transitive org.jspecify;
}
