package org.sslwrite.bench.report;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.bench.result.Results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The report as a browser shows it: on a phone and on a desk, by day and by night. */
@Timeout(60)
class BrowserTest {
    /** Of text that is shown: the worst contrast, what has less than 4.5, and the smallest. */
    private static final String CONTRAST =
            """
            (() => {
              const channels = c => c.match(/[\\d.]+/g).map(Number);
              const light = c => { const [r, g, b] = channels(c).slice(0, 3).map(v => {
                v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
              const behind = e => { for (; e; e = e.parentElement) {
                const c = getComputedStyle(e).backgroundColor;
                if (!/^rgba\\(.*, 0\\)$|^transparent$/.test(c)) return c; } return 'rgb(255,255,255)'; };
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              let poor = [], seen = 0, smallest = 99;
              while (walker.nextNode()) {
                const e = walker.currentNode.parentElement;
                if (!walker.currentNode.data.trim() || !e.getClientRects().length
                    || e.tagName == 'title') continue;
                const style = getComputedStyle(e);
                const svg = e.ownerSVGElement;
                const a = light(svg ? style.fill : style.color), b = light(behind(e));
                const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
                smallest = Math.min(smallest, parseFloat(style.fontSize) * scale);
                seen++;
                if (contrast < 4.5) poor.push(walker.currentNode.data + ' ' + contrast.toFixed(2));
              }
              return { seen, poor, smallest };
            })()\
            """;

    /** Text of plots that reaches out of its picture, or lies on other text. */
    private static final String OVERLAPS =
            """
            [...document.querySelectorAll('svg.plot')].filter(s => s.getClientRects().length)
              .flatMap(s => {
                const box = s.getBoundingClientRect();
                const texts = [...s.querySelectorAll('text')].map(t =>
                  ({ t: t.textContent, r: t.getBoundingClientRect() }));
                const out = texts.filter(({ r }) => r.left < box.left - 1 || r.right > box.right + 1
                  || r.top < box.top - 1 || r.bottom > box.bottom + 1).map(x => 'out: ' + x.t);
                const on = texts.flatMap((x, i) => texts.slice(i + 1).filter(y =>
                  x.r.left < y.r.right - 1 && y.r.left < x.r.right - 1
                  && x.r.top < y.r.bottom - 4 && y.r.top < x.r.bottom - 4)
                  .map(y => x.t + ' on ' + y.t));
                return out.concat(on);
              })\
            """;

    private static final String UNTOLD =
            """
            [...document.querySelectorAll('svg')].filter(s => s.getAttribute('aria-hidden') != 'true')
              .filter(s => s.getAttribute('role') != 'img' || !s.getAttribute('aria-label')
                || !document.getElementById(s.getAttribute('aria-describedby'))?.textContent.trim()
                || !s.closest('section').querySelector('table'))
              .map(s => s.outerHTML.slice(0, 200))\
            """;

    private static final String TWICE =
            """
            [...document.querySelectorAll('[id]')].map(e => e.id)
              .filter((id, i, all) => all.indexOf(id) != i)\
            """;

    private static final String PLOTS =
            """
            [...document.querySelectorAll('svg.plot')].filter(s => s.getClientRects().length
              && s.querySelectorAll('path, rect, circle').length > 5).length\
            """;

    private static Chromium browser;

    @TempDir private static Path folder;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Path program = Chromium.program();
        Assumptions.assumeTrue(
                program != null, "chromium is not installed (a snap cannot see our files)");
        browser = new Chromium(program, folder.resolve("profile"));
    }

    @AfterAll
    static void end() throws InterruptedException {
        if (browser != null) {
            browser.end();
        }
    }

    @ParameterizedTest(name = "{0} px, {1}")
    @CsvSource({"375, light", "375, dark", "1280, light", "1280, dark"})
    void showsEveryPlotToEveryone(int width, String scheme)
            throws IOException, InterruptedException {
        open("run", SampleRun.withToken(), width, scheme);
        keep("report-" + width + "-" + scheme + ".png");
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");

        JsonNode text = browser.evaluate(CONTRAST);
        assertAll(
                () -> assertTrue(browser.evaluate(PLOTS).intValue() >= 12, "plots"),
                () ->
                        assertEquals(
                                "[]", browser.evaluate(UNTOLD).toString(), "plots without words"),
                () -> assertEquals("[]", browser.evaluate(TWICE).toString(), "ids used twice"),
                () -> assertEquals("[]", browser.evaluate(OVERLAPS).toString(), "overlapping text"),
                () -> assertTrue(text.get("seen").intValue() > 500, "text"),
                () -> assertEquals("[]", text.get("poor").toString(), "text with poor contrast"),
                () ->
                        assertTrue(
                                text.get("smallest").doubleValue() >= 10,
                                text.get("smallest") + " px"),
                () -> fits(width),
                BrowserTest::silent);
    }

    @Test
    void looksDifferentByNight() throws IOException, InterruptedException {
        String page = "getComputedStyle(document.body).backgroundColor";
        String line = "getComputedStyle(document.querySelector('svg.plot path.line')).stroke";
        open("run", SampleRun.withToken(), 1280, "light");
        JsonNode lightPage = browser.evaluate(page);
        JsonNode lightLine = browser.evaluate(line);
        open("run", SampleRun.withToken(), 1280, "dark");
        assertNotEquals(lightPage, browser.evaluate(page));
        assertNotEquals(lightLine, browser.evaluate(line));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"fast token", "hostile", "nothing", "one engine", "not a number"})
    void fitsAPhoneWhateverWasMeasured(String name) throws IOException, InterruptedException {
        open("odd", OddRuns.named(name), 375, "light");
        keep("report-" + name.replace(' ', '-') + ".png");
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
        assertAll(
                () ->
                        assertEquals(
                                "[]", browser.evaluate(UNTOLD).toString(), "plots without words"),
                () -> assertEquals("[]", browser.evaluate(TWICE).toString(), "ids used twice"),
                () -> assertEquals("[]", browser.evaluate(OVERLAPS).toString(), "overlapping text"),
                () ->
                        assertEquals(
                                0,
                                browser.evaluate("document.scripts.length").intValue(),
                                "scripts"),
                () ->
                        assertEquals(
                                0, browser.evaluate("document.images.length").intValue(), "images"),
                () -> fits(375),
                BrowserTest::silent);
    }

    private static void open(String name, Results results, int width, String scheme)
            throws IOException, InterruptedException {
        Path file = folder.resolve(name + ".html");
        HtmlReport.write(results, file);
        browser.open(file.toUri(), width, 900, scheme);
    }

    private static void fits(int width) throws IOException, InterruptedException {
        assertEquals(
                width,
                browser.evaluate("document.scrollingElement.scrollWidth").intValue(),
                "width of the page");
    }

    /** Nothing said on the console, nothing asked of anyone outside. */
    private static void silent() {
        List<String> asked =
                browser.events("Network.requestWillBeSent").stream()
                        .map(event -> event.at("/request/url").textValue())
                        .filter(url -> !url.startsWith("data:"))
                        .toList();
        assertAll(
                () -> assertEquals(1, asked.size(), asked.toString()),
                () -> assertTrue(asked.getFirst().startsWith("file:///"), asked.toString()),
                () -> assertEquals(List.of(), browser.events("Runtime.consoleAPICalled")),
                () -> assertEquals(List.of(), browser.events("Runtime.exceptionThrown")),
                () -> assertEquals(List.of(), browser.events("Log.entryAdded")));
    }

    /** For a person to look at. */
    private static void keep(String name) throws IOException, InterruptedException {
        Path pictures = Files.createDirectories(Path.of("target", "report"));
        Files.write(pictures.resolve(name), browser.screenshot());
    }
}
