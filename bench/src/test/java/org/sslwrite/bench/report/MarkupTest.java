package org.sslwrite.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.regex.Pattern;

class MarkupTest {
    @Test
    void escapesTextAndAttributes() {
        assertEquals(
                "<p title=\"&quot;&gt;&#39;\">&lt;b&gt; &amp;amp;</p>",
                new Markup().element("p", "<b> &amp;", "title", "\">'").toString());
    }

    @Test
    void refusesToEndInTheMiddle() {
        Markup html = new Markup().open("p");
        assertThrows(IllegalStateException.class, html::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "'a\u0000b', 'a\uFFFDb'",
        "'a\nb', 'a b'",
        "'\u001b[31mred', '\uFFFD[31mred'",
        "'\u202Eexe', '\uFFFDexe'",
        "'\u2028', '\uFFFD'",
        "'\uE000', '\uFFFD'",
        "'Größe 😀', 'Größe 😀'"
    })
    void cleans(String text, String clean) {
        assertEquals(clean, Text.clean(text));
    }

    @Test
    void cleansHalfACharacter() {
        assertEquals("a\uFFFDb", Text.clean("a\ud83db"));
    }

    @ParameterizedTest
    @CsvSource({"abc, 3, abc", "abcd, 3, ab…", "'a bcd', 3, a…", "😀😀😀, 2, 😀…"})
    void shortens(String text, int most, String shortened) {
        assertEquals(shortened, Text.shortened(text, most));
    }

    @Test
    void lists() {
        assertEquals("", Text.list(List.of()));
        assertEquals("a", Text.list(List.of("a")));
        assertEquals("a and b", Text.list(List.of("a", "b")));
        assertEquals("a, b and c", Text.list(List.of("a", "b", "c")));
    }

    /** Of what a hostile name holds, nothing is markup. */
    @Test
    void keepsHostileNamesInTheirPlace() {
        String html = HtmlReport.html(OddRuns.named("hostile"));
        String tags =
                "html|head|body|main|meta|title|link|style|header|section|aside|article|h[1-4]";
        String others = "|p|span|ul|li|dl|dt|dd|div|bdi|table|thead|tbody|tr|th|td|details|summary";
        String drawn = "|figure|figcaption|svg|path|rect|circle|text";
        Pattern known =
                Pattern.compile("</?(" + tags + others + drawn + ")[ />].*", Pattern.DOTALL);
        for (int at = html.indexOf('<', 15); at >= 0; at = html.indexOf('<', at + 1)) {
            String tag = html.substring(at, html.indexOf('>', at) + 1);
            assertTrue(known.matcher(tag).matches(), tag);
            String bare = tag.replaceAll("\"[^\"]*\"", "");
            assertFalse(bare.contains("onerror") || bare.contains("src"), tag);
        }
    }
}
