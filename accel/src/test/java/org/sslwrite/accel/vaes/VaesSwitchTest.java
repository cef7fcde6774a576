package org.sslwrite.accel.vaes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the user says of our own code. */
class VaesSwitchTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-   | -     | -",
                "''  | ''    | -",
                "on  | off   | -",
                "-   | on    | -",
                "off | on    | is turned off by the system property org.sslwrite.vaes",
                "-   | ' off'| is turned off by the environment variable SSLWRITE_VAES",
                "-   | no    | the environment variable SSLWRITE_VAES is neither on nor off but"
                        + " \"no\"",
            })
    void switches(String property, String variable, String objection) {
        assertEquals(objection, VaesSwitch.objectionOf(property, variable));
    }
}
