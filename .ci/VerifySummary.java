import org.w3c.dom.Element;
import org.w3c.dom.Node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

/// Sums up what `./verify` ran, on stdout and in `target/verify-summary.json`.
///
/// Arguments: the project's folder, Maven's exit code, the file with all that Maven said, then the
/// names of what tests need and this system cannot have. Reads every module's Surefire reports, and
/// adds the members of every JSON object that tests left in `target/verify/*.json`. Exits with 1
/// unless Maven succeeded, a test ran and none failed; with `CI=true`, unless none was skipped too,
/// but for what says that it needs one of those, instructions that this CPU lacks, or to be root.
final class VerifySummary {
    private record Skipped(String test, String reason) {}

    private static final Pattern LACKING_ROOT = Pattern.compile("\\bneeds root: ");

    private static final Pattern LACKING_CPU = Pattern.compile("\\bvaes:? this CPU lacks ");

    /// What ended a module's build: the compiler, say, or Surefire if its JVM crashed.
    private static final Pattern FAILED_GOAL =
            Pattern.compile("\\[ERROR\\] (Failed to execute goal .*?)[: ]*(-> \\[Help \\d+\\])?");

    /// Behind the line "Crashed tests:".
    private static final Pattern CRASHED_TEST = Pattern.compile("\\[ERROR\\] ([\\w.$]+)");

    /// A module in Maven's list at the end that was not built to the end.
    private static final Pattern UNFINISHED_MODULE =
            Pattern.compile("\\[INFO\\] (\\S.*?) \\.{3,} (FAILURE|SKIPPED)\\b.*");

    private static int tests;
    private static final List<String> failed = new ArrayList<>();
    private static final List<Skipped> skipped = new ArrayList<>();

    /// What the tests left: a name, and its value as JSON.
    private static final Map<String, String> fragments = new LinkedHashMap<>();

    private static final List<String> problems = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        var root = Path.of(args[0]);
        var maven = Integer.parseInt(args[1]);
        readLog(Path.of(args[2]));
        var notToBeHad = List.of(args).subList(3, args.length);

        for (var report : files(root, "surefire-reports", "TEST-", ".xml")) {
            try {
                count(report);
            } catch (Exception e) {
                problems.add("can't read " + report + ": " + e.getMessage());
            }
        }
        fragments.put("interop_rows", "0");
        for (var fragment : files(root, "verify", "", ".json")) {
            try {
                new Json(Files.readString(fragment)).members().forEach(VerifySummary::merge);
            } catch (IllegalArgumentException e) {
                problems.add("can't read " + fragment + ": " + e.getMessage());
            }
        }
        if (maven != 0) problems.add("Maven failed with exit code " + maven);
        if (tests == 0) problems.add("no test ran");
        if (!failed.isEmpty()) problems.add("tests failed");
        var avoidable = skipped.stream().anyMatch(s -> !isUnavoidable(s.reason(), notToBeHad));
        if (avoidable && "true".equals(System.getenv("CI"))) {
            problems.add("tests were skipped, which CI doesn't allow");
        }

        var target = Files.createDirectories(root.resolve("target"));
        Files.writeString(target.resolve("verify-summary.json"), json(notToBeHad));
        System.out.println();
        failed.forEach(test -> System.out.println("failed: " + test));
        skipped.forEach(s -> System.out.println("skipped: " + s.test() + ": " + s.reason()));
        fragments.forEach((name, value) -> System.out.println(name + ": " + value));
        notToBeHad.forEach(need -> System.out.println("no repository of this system has: " + need));
        problems.forEach(problem -> System.out.println("verify: " + problem));
        System.out.printf(
                "%d passed, %d failed, %d skipped%n",
                tests - failed.size() - skipped.size(), failed.size(), skipped.size());
        System.exit(problems.isEmpty() ? 0 : 1);
    }

    /// Maven goes on behind a failure and ends with 0: only what it said tells of one.
    private static void readLog(Path log) throws IOException {
        var text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        var lines = text.replaceAll("\\x1b\\[[0-9;]*m", "").lines().toList();
        var found = new LinkedHashSet<String>();
        boolean crashed = false;
        for (var line : lines) {
            var goal = FAILED_GOAL.matcher(line);
            var module = UNFINISHED_MODULE.matcher(line);
            var test = CRASHED_TEST.matcher(line);
            crashed = line.equals("[ERROR] Crashed tests:") || crashed && test.matches();
            if (goal.matches()) {
                found.add("Maven: " + goal.group(1));
            } else if (module.matches()) {
                found.add("module " + module.group(1) + ": " + module.group(2));
            } else if (crashed && test.matches()) {
                found.add("crashed: " + test.group(1));
            }
        }
        problems.addAll(found);
        if (!lines.contains("[INFO] BUILD SUCCESS")) {
            problems.add("Maven did not say BUILD SUCCESS");
        }
    }

    private static boolean isUnavoidable(String reason, List<String> notToBeHad) {
        return LACKING_CPU.matcher(reason).find()
                || LACKING_ROOT.matcher(reason).find()
                || notToBeHad.stream().anyMatch(need -> names(reason, need));
    }

    private static boolean names(String reason, String need) {
        return Pattern.compile("(?<![\\w-])" + Pattern.quote(need) + ":? is not installed\\b")
                .matcher(reason)
                .find();
    }

    /// The files `MODULE/target/FOLDER/PREFIX*SUFFIX`, in the order of their names.
    private static List<Path> files(Path root, String folder, String prefix, String suffix)
            throws IOException {
        var files = new ArrayList<Path>();
        try (Stream<Path> modules = Files.list(root)) {
            for (var module : modules.sorted().toList()) {
                var reports = module.resolve("target").resolve(folder);
                if (!Files.isDirectory(reports)) continue;
                try (var glob = Files.newDirectoryStream(reports, prefix + "*" + suffix)) {
                    var found = new ArrayList<Path>();
                    glob.forEach(found::add);
                    found.stream().sorted().forEach(files::add);
                }
            }
        }
        return files;
    }

    private static void count(Path report) throws Exception {
        var document =
                DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(report.toFile());
        var cases = document.getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            var testcase = (Element) cases.item(i);
            var name = testcase.getAttribute("classname") + "." + testcase.getAttribute("name");
            tests++;
            Element skip = child(testcase, "skipped");
            if (child(testcase, "failure") != null || child(testcase, "error") != null) {
                failed.add(name);
            } else if (skip != null) {
                skipped.add(new Skipped(name, reason(skip)));
            }
        }
    }

    private static Element child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return element;
            }
        }
        return null;
    }

    /// A disabled test has its reason in an attribute, an aborted one in a stack trace's first
    /// line.
    private static String reason(Element skip) {
        var message = skip.getAttribute("message");
        if (message.isEmpty()) {
            message = skip.getTextContent().strip().lines().findFirst().orElse("no reason given");
        }
        return message.replaceFirst("^org\\.opentest4j\\.TestAbortedException: ", "")
                .replaceFirst("^Assumption failed: ", "");
    }

    /// Whole numbers of one name add up, and objects of one name become one; anything else may be
    /// said only once.
    private static void merge(String name, String value) {
        var old = fragments.get(name);
        if (List.of("tests", "failures", "skipped").contains(name)) {
            throw new IllegalArgumentException("\"" + name + "\" is counted here");
        } else if (old == null) {
            fragments.put(name, value);
        } else if (old.matches("\\d+") && value.matches("\\d+")) {
            fragments.put(name, String.valueOf(Long.parseLong(old) + Long.parseLong(value)));
        } else if (old.startsWith("{\"") && value.startsWith("{\"")) {
            fragments.put(name, old.substring(0, old.length() - 1) + ", " + value.substring(1));
        } else {
            throw new IllegalArgumentException("\"" + name + "\" was there before");
        }
    }

    private static String json(List<String> notToBeHad) {
        var members = new ArrayList<String>();
        members.add("\"tests\": " + tests);
        members.add("\"failures\": " + failed.size());
        members.add(
                skipped.stream()
                        .map(
                                s ->
                                        "{\"test\": %s, \"reason\": %s}"
                                                .formatted(quote(s.test()), quote(s.reason())))
                        .collect(Collectors.joining(", ", "\"skipped\": [", "]")));
        members.add(
                notToBeHad.stream()
                        .map(VerifySummary::quote)
                        .collect(Collectors.joining(", ", "\"not_to_be_had\": [", "]")));
        fragments.forEach((name, value) -> members.add("\"" + name + "\": " + value));
        return members.stream().collect(Collectors.joining(",\n  ", "{\n  ", "\n}\n"));
    }

    private static String quote(String text) {
        var quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c < ' ') {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                if (c == '"' || c == '\\') quoted.append('\\');
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /// Reads JSON, and leaves the values as JSON.
    private static final class Json {
        private static final Pattern TOKEN =
                Pattern.compile(
                        """
                        \\s*([{}\\[\\]:,]|true|false|null|-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?\
                        |"([^"\\\\\\x00-\\x1f]|\\\\.)*")\\s*\
                        """);

        private final Matcher matcher;
        private final int length;

        Json(String text) {
            matcher = TOKEN.matcher(text);
            length = text.length();
        }

        Map<String, String> members() {
            var members = new LinkedHashMap<String, String>();
            expect("{", next());
            items("}", token -> members.put(unquoted(token), member()));
            if (matcher.regionStart() < length) throw error();
            return members;
        }

        private String value(String token) {
            var items = new ArrayList<String>();
            return switch (token) {
                case "{" -> {
                    items("}", name -> items.add("\"" + unquoted(name) + "\": " + member()));
                    yield "{" + String.join(", ", items) + "}";
                }
                case "[" -> {
                    items("]", item -> items.add(value(item)));
                    yield "[" + String.join(", ", items) + "]";
                }
                case "}", "]", ":", "," -> throw error();
                default -> token;
            };
        }

        /// Hands the first token of each item to `item`, which reads the rest of it.
        private void items(String end, Consumer<String> item) {
            var token = next();
            if (token.equals(end)) return;
            while (true) {
                item.accept(token);
                token = next();
                if (token.equals(end)) return;
                expect(",", token);
                token = next();
            }
        }

        private String member() {
            expect(":", next());
            return value(next());
        }

        private String unquoted(String token) {
            if (!token.startsWith("\"")) throw error();
            return token.substring(1, token.length() - 1);
        }

        private void expect(String expected, String token) {
            if (!token.equals(expected)) throw error();
        }

        private String next() {
            if (!matcher.lookingAt()) throw error();
            var token = matcher.group(1);
            matcher.region(matcher.end(), length);
            return token;
        }

        private IllegalArgumentException error() {
            return new IllegalArgumentException(
                    "no JSON object: wrong near character " + matcher.regionStart());
        }
    }
}
