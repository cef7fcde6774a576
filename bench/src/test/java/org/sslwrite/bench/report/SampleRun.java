package org.sslwrite.bench.report;

import org.sslwrite.bench.result.Absent;
import org.sslwrite.bench.result.Latency;
import org.sslwrite.bench.result.Ratio;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A run as it might have been: times follow a cost a record and a cost a byte. */
final class SampleRun {
    static final String SUITE = "TLS_AES_128_GCM_SHA256";

    private static final List<Integer> SIZES = List.of(64, 256, 1024, 4096, 16384, 65536, 1 << 20);

    /** An engine: nanoseconds a record, nanoseconds a byte, and what a heap array costs more. */
    private record Cost(
            String engine, Kind kind, double record, double octet, double heap, double allocated) {
        double of(int size, boolean direct) {
            double records = Math.max(1, size / 16384.0);
            return (records * record + size * octet) * (direct ? 1 : heap);
        }
    }

    private static final List<Cost> COSTS =
            List.of(
                    new Cost("ours, ipsec-mb", Kind.OURS, 96, 0.0415, 1.02, 0),
                    new Cost("ours, SunJCE", Kind.OURS, 285, 0.0625, 1.01, 272),
                    new Cost("ours, Bouncy Castle", Kind.OURS, 2900, 6.1, 1.0, 6400),
                    new Cost("ours, SoftHSM2 by C API", Kind.OURS_TOKEN, 5400, 0.92, 1.0, 0),
                    new Cost("ours, NSS by C API", Kind.OURS_TOKEN, 1900, 0.34, 1.0, 0),
                    new Cost("JSSE", Kind.PEER, 690, 0.25, 0.72, 1210),
                    new Cost("Conscrypt", Kind.PEER, 530, 0.068, 1.18, 208),
                    new Cost("netty-tcnative", Kind.PEER, 345, 0.0601, 1.38, 96),
                    new Cost("BCJSSE", Kind.PEER, 1300, 0.31, 0.9, 17800),
                    new Cost(
                            "JSSE, SoftHSM2 by SunPKCS11",
                            Kind.PEER_TOKEN,
                            14200,
                            1.8,
                            0.97,
                            33500),
                    new Cost("openssl speed", Kind.YARDSTICK, 160, 0.3155, 1, Double.NaN),
                    new Cost(
                            "C loop, SoftHSM2, C_Encrypt",
                            Kind.YARDSTICK,
                            5000,
                            0.9,
                            1,
                            Double.NaN));

    private SampleRun() {}

    /** The token is never faster. */
    static Results withToken() {
        return run(1);
    }

    /** The token costs a call more, but a byte and a further thread less. */
    static Results withFastToken() {
        return run(0.02);
    }

    private static Results run(double token) {
        Random random = new Random(5);
        List<Row> rows = new ArrayList<>();
        for (Cost cost : COSTS) {
            rows.addAll(rows(cost, token, random));
        }
        return new Results(
                environment(),
                true,
                rows,
                latencies(random),
                ratios(),
                List.of(
                        new Absent("ACCP", "no library for this platform in the jar"),
                        new Absent("C loop, NSS", "no C compiler on the PATH")),
                List.of(
                        "The load was 1.7 on 2 processors while it ran: other programs took time.",
                        "SoftHSM2 is a software token: it runs on the same CPU and says nothing"
                                + " about hardware.",
                        "openssl speed is OpenSSL 3.0, which does not use VAES."));
    }

    private static List<Row> rows(Cost cost, double token, Random random) {
        List<Row> rows = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            boolean own = cost.kind == Kind.OURS || cost.kind == Kind.OURS_TOKEN;
            boolean yardstick = cost.kind == Kind.YARDSTICK;
            if (subject == Subject.SEALER && !own && !yardstick
                    || subject != Subject.SEALER && yardstick) {
                continue;
            }
            for (int threads : List.of(1, 2, 4)) {
                for (int size : SIZES) {
                    for (boolean direct : yardstick ? List.of(true) : List.of(true, false)) {
                        rows.add(row(cost, token, subject, threads, size, direct, random));
                    }
                }
            }
        }
        return rows;
    }

    private static Row row(
            Cost cost,
            double token,
            Subject subject,
            int threads,
            int size,
            boolean direct,
            Random random) {
        double time = cost.of(size, direct);
        if (cost.kind == Kind.OURS_TOKEN) {
            time = cost.record * (token < 1 ? 0.2 : 1) + (time - cost.record) * token;
        } else {
            time *= Math.max(1, threads / 2.0) * (threads == 2 ? 1.08 : 1);
        }
        if (subject == Subject.TCP) {
            time += 1500 + size * 0.12;
        } else if (subject == Subject.SEALER) {
            time *= 0.93;
        }
        List<Double> samples = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            samples.add(time * Math.exp(0.012 * random.nextGaussian()));
        }
        double allocated = cost.allocated * Math.max(1, size / 16384.0);
        return new Row(
                subject,
                cost.engine,
                cost.kind,
                SUITE,
                "TLSv1.3",
                size,
                direct,
                threads,
                samples,
                allocated);
    }

    private static List<Latency> latencies(Random random) {
        List<Latency> latencies = new ArrayList<>();
        for (int size : List.of(64, 1024, 16384)) {
            for (Cost cost : COSTS) {
                if (cost.kind == Kind.YARDSTICK) {
                    continue;
                }
                double p50 = cost.of(size, true);
                double p99 = p50 * (1.1 + 0.5 * random.nextDouble()) + 30;
                double p999 = p99 * (1.5 + 4 * random.nextDouble());
                double max = p999 * (4 + 60 * random.nextDouble());
                latencies.add(
                        new Latency(cost.engine, SUITE, size, true, p50, p99, p999, max, 200_000));
            }
        }
        return latencies;
    }

    private static List<Ratio> ratios() {
        return List.of(
                ratio("write_16k_direct_vs_best_peer", 1.72, 0.05, "netty-tcnative, direct"),
                ratio("write_16k_heap_vs_tcnative_heap", 2.35, 0.07, "netty-tcnative, heap"),
                ratio("write_64_vs_best_peer", 3.54, 0.2, "netty-tcnative, direct"),
                ratio("write_1k_vs_best_peer", 2.92, 0.1, "netty-tcnative, direct"),
                ratio("write_16k_vs_bare_sealer", 0.93, 0.03, "bare sealer"),
                ratio("token_vs_c_loop", 0.98, 0.04, "C loop, SoftHSM2, C_Encrypt"),
                ratio("token_vs_jsse_sunpkcs11", 2.14, 0.3, "JSSE, SoftHSM2 by SunPKCS11"),
                new Ratio(
                        "sunjce_vs_jsse",
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        "ours, SunJCE",
                        "JSSE, heap",
                        "JSSE was not measured"));
    }

    private static Ratio ratio(String name, double value, double spread, String other) {
        return new Ratio(
                name, value, value - spread, value + spread, "ours, ipsec-mb", other, null);
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("CPU", "AMD EPYC 9755 128-Core Processor, 2 processors seen");
        environment.put("CPU flags", "aes avx2 avx512f pclmulqdq vaes vpclmulqdq sha_ni");
        environment.put("JDK", "25.0.3+9-LTS, Eclipse Adoptium");
        environment.put("Operating system", "Linux 6.8.0, amd64");
        environment.put("Conscrypt", "2.9.0");
        environment.put("netty-tcnative", "2.0.84.Final, BoringSSL");
        environment.put("Bouncy Castle", "1.84");
        environment.put("Token", "SoftHSM2, SoftHSM project, SoftHSM v2 2.6, slot 1093457349");
        environment.put("Governor", "not known");
        environment.put("Load during the run", "1.7");
        environment.put("Started", "2026-03-01T10:00:00Z");
        environment.put("Command", "./sslwrite bench --quick --token softhsm --out results");
        return environment;
    }
}
