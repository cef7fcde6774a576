package org.sslwrite.bench.report;

/**
 * The room that a plot has. A plot is drawn for a phone and, if it gains by it, again for a wide
 * screen: letters are then of the same size on both.
 *
 * @param width in CSS pixels
 * @param height in CSS pixels
 * @param wide whether there is room for names beside the lines
 */
record Frame(int width, int height, boolean wide) {
    static final Frame NARROW = new Frame(340, 280, false);
    static final Frame WIDE = new Frame(560, 340, true);
}
