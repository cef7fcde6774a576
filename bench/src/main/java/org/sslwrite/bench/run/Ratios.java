package org.sslwrite.bench.run;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.result.Ratio;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;
import org.sslwrite.bench.result.Samples;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Ours against others, with TLS 1.3 and AES-128-GCM on one thread; larger is better for us. The
 * best peer is the fastest of JSSE, Conscrypt and netty-tcnative in either kind of buffer. Ours is
 * the best engine of ours that seals in this process, unless the ratio names another.
 */
public final class Ratios {
    private static final int KIB = 1024;
    private static final Set<String> PEERS =
            Set.of(
                    EngineName.JSSE.display(null),
                    EngineName.CONSCRYPT.display(null),
                    EngineName.TCNATIVE.display(null));
    private static final String CIPHERS_ONLY =
            "only SunPKCS11's ciphers come first: with all of it JSSE of JDK 25 does not get"
                    + " through the handshake";

    private final List<Row> rows;

    private Ratios(List<Row> rows) {
        this.rows =
                rows.stream()
                        .filter(row -> row.suite().equals(Plan.MAIN.name()) && row.threads() == 1)
                        .toList();
    }

    /**
     * All ratios, also those that could not be measured.
     *
     * @param tokens names of those that were to be measured; the ratios of those behind the first
     *     bear their names
     */
    public static List<Ratio> of(List<Row> rows, List<String> tokens) {
        return new Ratios(rows).all(tokens);
    }

    private List<Ratio> all(List<String> tokens) {
        List<Ratio> all = new ArrayList<>();
        all.add(write("write_16k_direct_vs_best_peer", 16 * KIB, Row::direct, isPeer()));
        all.add(
                write(
                        "write_16k_heap_vs_tcnative_heap",
                        16 * KIB,
                        row -> !row.direct(),
                        is(EngineName.TCNATIVE, null).and(row -> !row.direct())));
        all.add(write("write_64_vs_best_peer", 64, row -> true, isPeer()));
        all.add(write("write_1k_vs_best_peer", KIB, row -> true, isPeer()));
        all.add(bareSealer());
        if (tokens.isEmpty()) {
            all.add(missing("token_vs_c_loop", "no token was given; --token names one"));
            all.add(missing("token_vs_jsse_sunpkcs11", "no token was given; --token names one"));
        }
        for (int i = 0; i < tokens.size(); i++) {
            String suffix = i == 0 ? "" : ":" + tokens.get(i);
            all.add(cLoop("token_vs_c_loop" + suffix, tokens.get(i)));
            all.add(sunPkcs11("token_vs_jsse_sunpkcs11" + suffix, tokens.get(i)));
        }
        all.add(
                vsJsse(
                        "write_16k_without_ipsec_mb_vs_jsse",
                        is(EngineName.VAES, null).or(is(EngineName.SUNJCE, null))));
        all.add(vsJsse("sunjce_vs_jsse", is(EngineName.SUNJCE, null)));
        return List.copyOf(all);
    }

    private Ratio write(String name, int size, Predicate<Row> buffer, Predicate<Row> others) {
        return ratio(
                name,
                best(Subject.WRITE, size, buffer.and(row -> row.kind() == Kind.OURS)),
                best(Subject.WRITE, size, others),
                null);
    }

    /** What TLS costs on top of the sealer: the engine that writes fastest, and its own sealer. */
    private Ratio bareSealer() {
        Row ours = best(Subject.WRITE, 16 * KIB, row -> row.kind() == Kind.OURS && row.direct());
        Row sealer =
                ours == null
                        ? null
                        : best(
                                Subject.SEALER,
                                16 * KIB,
                                row -> row.engine().equals(ours.engine()) && row.direct());
        return ratio("write_16k_vs_bare_sealer", ours, sealer, null);
    }

    private Ratio cLoop(String name, String token) {
        Row ours = best(Subject.WRITE, 16 * KIB, isOursWith(token));
        Row loop =
                best(
                        Subject.SEALER,
                        16 * KIB,
                        is(EngineName.C_LOOP, token).or(is(EngineName.C_MESSAGE_LOOP, token)));
        return ratio(name, ours, loop, null);
    }

    private Ratio sunPkcs11(String name, String token) {
        Row ours = best(Subject.WRITE, 16 * KIB, isOursWith(token));
        Row other = best(Subject.WRITE, 16 * KIB, is(EngineName.JSSE_SUNPKCS11, token));
        return ratio(name, ours, other, CIPHERS_ONLY);
    }

    private Ratio vsJsse(String name, Predicate<Row> ours) {
        return ratio(
                name,
                best(Subject.WRITE, 16 * KIB, ours),
                best(Subject.WRITE, 16 * KIB, is(EngineName.JSSE, null)),
                null);
    }

    private static Predicate<Row> isPeer() {
        return row -> PEERS.contains(row.engine());
    }

    private static Predicate<Row> is(EngineName engine, @Nullable String token) {
        String name = engine.display(token);
        return row -> row.engine().equals(name);
    }

    private static Predicate<Row> isOursWith(String token) {
        return is(EngineName.CRYPTOKI, token).or(is(EngineName.SUNPKCS11, token));
    }

    private @Nullable Row best(Subject subject, int size, Predicate<Row> among) {
        return rows.stream()
                .filter(row -> row.subject() == subject && row.size() == size)
                .filter(among)
                .min(Comparator.comparingDouble(row -> Samples.median(row.samples())))
                .orElse(null);
    }

    private static Ratio ratio(
            String name, @Nullable Row ours, @Nullable Row other, @Nullable String note) {
        if (ours == null || other == null) {
            String why =
                    ours == other
                            ? "neither was measured"
                            : (ours == null ? "ours" : "the other") + " was not measured";
            return new Ratio(
                    name,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    ours == null ? "" : named(ours),
                    other == null ? "" : named(other),
                    why);
        }
        return new Ratio(
                name,
                at(other, 0.5) / at(ours, 0.5),
                at(other, 0.25) / at(ours, 0.75),
                at(other, 0.75) / at(ours, 0.25),
                named(ours),
                named(other),
                note);
    }

    private static Ratio missing(String name, String why) {
        return new Ratio(name, Double.NaN, Double.NaN, Double.NaN, "", "", why);
    }

    private static double at(Row row, double part) {
        return Samples.quantile(row.samples(), part);
    }

    private static String named(Row row) {
        if (row.kind() == Kind.YARDSTICK) {
            return row.engine();
        }
        String sealer = row.subject() == Subject.SEALER ? ", sealer alone" : "";
        return row.engine() + sealer + (row.direct() ? ", direct" : ", heap");
    }
}
