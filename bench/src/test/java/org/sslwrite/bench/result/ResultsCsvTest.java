package org.sslwrite.bench.result;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.util.List;
import java.util.Map;

class ResultsCsvTest {
    @Test
    void oneLineARow() {
        Results results =
                new Results(
                        Map.of(),
                        true,
                        List.of(
                                row("ours, SunJCE", 2, List.of(3000.0, 1000.0, 2000.0), 272.5),
                                row("the \"fast\" one", 1, List.of(500.0), Double.NaN)),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of());
        assertEquals(
                "subject,engine,kind,suite,version,size,memory,threads,samples,median_ns,p25_ns,"
                        + "p75_ns,bytes_per_second,allocated_bytes\r\n"
                        + "WRITE,\"ours, SunJCE\",OURS,S,TLSv1.3,1000,direct,2,3,2000.000,1500.000,"
                        + "2500.000,1000000000.000,272.500\r\n"
                        + "WRITE,\"the \"\"fast\"\" one\",OURS,S,TLSv1.3,1000,direct,1,1,500.000,"
                        + "500.000,500.000,2000000000.000,\r\n",
                ResultsCsv.toCsv(results));
    }

    private static Row row(String engine, int threads, List<Double> samples, double allocated) {
        return new Row(
                Subject.WRITE,
                engine,
                Kind.OURS,
                "S",
                "TLSv1.3",
                1000,
                true,
                threads,
                samples,
                allocated);
    }
}
