package org.sslwrite.bench.run;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.conscrypt.Conscrypt;
import org.openjdk.jmh.util.Version;
import org.sslwrite.accel.ipsecmb.IpsecMbSealerFactory;
import org.sslwrite.accel.vaes.VaesSealerFactory;
import org.sslwrite.bench.yardstick.OpensslSpeed;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/** The machine and the libraries, as facts for a report. */
final class Environment {
    static final String UNKNOWN = "not known";

    /** What decides how fast AES-GCM and ChaCha20-Poly1305 can be. */
    private static final Set<String> FLAGS =
            Set.of(
                    "aes",
                    "avx",
                    "avx2",
                    "avx512f",
                    "avx512bw",
                    "avx512vl",
                    "avx512dq",
                    "pclmulqdq",
                    "vaes",
                    "vpclmulqdq",
                    "sha_ni",
                    "gfni",
                    "bmi2",
                    "pmull",
                    "asimd",
                    "sve",
                    "sve2",
                    "sha2",
                    "sha512");

    private final Map<String, String> facts = new LinkedHashMap<>();

    private Environment() {}

    /** Those that do not change while it runs. */
    static Map<String, String> facts(List<BenchToken> tokens) throws InterruptedException {
        Environment environment = new Environment();
        environment.machine();
        environment.libraries();
        for (int i = 0; i < tokens.size(); i++) {
            environment.facts.put(
                    i == 0 ? "Token" : "Token " + (i + 1),
                    tokens.get(i).name() + ": " + tokens.get(i).words());
        }
        return environment.facts;
    }

    private void machine() {
        Runtime runtime = Runtime.getRuntime();
        facts.put("CPU", cpu());
        facts.put("CPU flags", flags());
        facts.put("Processors", Integer.toString(runtime.availableProcessors()));
        facts.put("Memory", memory());
        facts.put("Container limits", limits());
        facts.put("Governor", governor());
        facts.put(
                "Operating system",
                "%s %s, %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch")));
    }

    private void libraries() throws InterruptedException {
        facts.put(
                "JDK",
                "%s, %s".formatted(Runtime.version(), System.getProperty("java.vendor", UNKNOWN)));
        facts.put("JMH", Version.getPlainVersion());
        facts.put("vaes", new VaesSealerFactory().toString());
        facts.put("intel-ipsec-mb", new IpsecMbSealerFactory().toString());
        facts.put("netty-tcnative", tcnative());
        facts.put("Conscrypt", conscrypt());
        facts.put("Bouncy Castle", new BouncyCastleProvider().getVersionStr());
        String openssl = OpensslSpeed.version();
        facts.put("OpenSSL's command", openssl == null ? "none" : openssl);
    }

    /** Of Linux; other systems call it by its architecture. */
    private static String cpu() {
        for (String key : List.of("model name", "Model", "cpu model")) {
            String value = cpuInfo(key);
            if (!value.isEmpty()) {
                return value;
            }
        }
        return System.getProperty("os.arch", UNKNOWN);
    }

    private static String flags() {
        Set<String> flags = new TreeSet<>();
        for (String key : List.of("flags", "Features")) {
            flags.addAll(List.of(cpuInfo(key).split(" ")));
        }
        flags.retainAll(FLAGS);
        return flags.isEmpty() ? UNKNOWN : String.join(" ", flags);
    }

    private static String cpuInfo(String key) {
        return read(Path.of("/proc/cpuinfo"))
                .lines()
                .filter(line -> line.matches(key + "\\s*:.*"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("");
    }

    private static String memory() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean bean
                ? String.format(
                        Locale.ROOT, "%.1f GiB", bean.getTotalMemorySize() / (double) (1L << 30))
                : UNKNOWN;
    }

    /** Of control groups, version 2. */
    private static String limits() {
        String cpu = read(Path.of("/sys/fs/cgroup/cpu.max")).strip();
        String memory = read(Path.of("/sys/fs/cgroup/memory.max")).strip();
        boolean noCpu = cpu.isEmpty() || cpu.startsWith("max");
        boolean noMemory = memory.isEmpty() || memory.equals("max");
        if (noCpu && noMemory) {
            return "none seen";
        }
        return (noCpu ? "" : "CPU " + cpu + " µs")
                + (noCpu || noMemory ? "" : ", ")
                + (noMemory ? "" : "memory " + memory + " bytes");
    }

    private static String governor() {
        String governor =
                read(Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")).strip();
        return governor.isEmpty() ? UNKNOWN : governor;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static String conscrypt() {
        Conscrypt.Version version = Conscrypt.version();
        return "%d.%d.%d".formatted(version.major(), version.minor(), version.patch());
    }

    /** Without loading its library. */
    private static String tcnative() {
        String file = "/META-INF/maven/io.netty/netty-tcnative-classes/pom.properties";
        try (InputStream in = Environment.class.getResourceAsStream(file)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
