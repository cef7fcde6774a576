package org.sslwrite.accel.vaes;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes x86-64 machine code: as many instructions as the programs of this package need, in Intel's
 * order of operands, the destination first. Encodings: Intel 64 and IA-32 Architectures Software
 * Developer's Manual, volume 2, chapters 2.3 (VEX), 2.7 (EVEX) and 3 to 5.
 *
 * <p>Distances are always written in 32 bits: the code is short and runs from the cache of decoded
 * instructions.
 */
final class Assembler {
    /** General purpose registers that a function may overwrite, by their numbers. */
    enum Gpr {
        RAX(0),
        RCX(1),
        RDX(2),
        RSI(6),
        RDI(7),
        R8(8),
        R9(9),
        R10(10),
        R11(11);

        private final int number;

        Gpr(int number) {
            this.number = number;
        }
    }

    /** What an instruction may read or write besides its registers: a register more, or memory. */
    sealed interface Operand {}

    /** A vector register, of which an instruction uses so many bits. */
    record Vector(int number, int bits) implements Operand {
        Vector xmm() {
            return new Vector(number, 128);
        }

        Vector ymm() {
            return new Vector(number, 256);
        }
    }

    /** Memory at a distance from a register, which is none of RSP and R12. */
    record Memory(Gpr base, int distance) implements Operand {}

    /** A place in the code. As an operand, the data there. */
    static final class Label implements Operand {
        private int position = -1;
    }

    /** A mask register, and whether the bytes that it leaves out become zero or stay. */
    record Mask(int number, boolean zeroing) {
        private static final Mask NONE = new Mask(0, false);

        static Mask keeping(int number) {
            return new Mask(number, false);
        }

        static Mask zeroing(int number) {
            return new Mask(number, true);
        }
    }

    /** Conditions of unsigned numbers, as a jump or a conditional move has them. */
    enum Condition {
        BELOW(2),
        ABOVE_OR_EQUAL(3),
        EQUAL(4),
        NOT_EQUAL(5);

        private final int code;

        Condition(int code) {
            this.code = code;
        }
    }

    private record Distance(int at, int from, Label to) {}

    private static final int MAP_0F = 1;
    private static final int MAP_0F38 = 2;
    private static final int MAP_0F3A = 3;
    private static final int NO_PREFIX = 0;
    private static final int PREFIX_66 = 1;
    private static final int PREFIX_F3 = 2;
    private static final int PREFIX_F2 = 3;
    private static final int NO_IMMEDIATE = -1;
    private static final int REX_W = 0x48;

    private final ByteArrayOutputStream code = new ByteArrayOutputStream();
    private final List<Distance> distances = new ArrayList<>();

    static Vector zmm(int number) {
        return new Vector(number, 512);
    }

    static Vector xmm(int number) {
        return new Vector(number, 128);
    }

    static Memory memory(Gpr base, int distance) {
        return new Memory(base, distance);
    }

    /** The code, which may be put anywhere. */
    byte[] bytes() {
        byte[] bytes = code.toByteArray();
        ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (Distance distance : distances) {
            if (distance.to.position < 0) {
                throw new IllegalStateException("a label has no place");
            }
            numbers.putInt(distance.at, distance.to.position - distance.from);
        }
        return bytes;
    }

    int position() {
        return code.size();
    }

    void place(Label label) {
        label.position = position();
    }

    /** Fills up to a multiple. */
    void align(int multiple) {
        while (position() % multiple != 0) {
            code.write(0x90); // NOP
        }
    }

    void data(long... numbers) {
        for (long number : numbers) {
            writeLong(number);
        }
    }

    private void write(int... bytes) {
        for (int b : bytes) {
            code.write(b);
        }
    }

    private void writeInt(int number) {
        for (int i = 0; i < Integer.BYTES; i++) {
            code.write(number >> 8 * i);
        }
    }

    private void writeLong(long number) {
        writeInt((int) number);
        writeInt((int) (number >> Integer.SIZE));
    }

    // Vectors

    void vaesenc(Vector to, Vector from, Operand key) {
        evex(MAP_0F38, PREFIX_66, false, 0xDC, to, from, key, NO_IMMEDIATE, Mask.NONE);
    }

    void vaesenclast(Vector to, Vector from, Operand key) {
        evex(MAP_0F38, PREFIX_66, false, 0xDD, to, from, key, NO_IMMEDIATE, Mask.NONE);
    }

    void vaeskeygenassist(Vector to, Vector from, int constant) {
        vex(MAP_0F3A, PREFIX_66, false, false, 0xDF, to.number, 0, from.number);
        write(constant);
    }

    void vpclmulqdq(Vector to, Vector a, Operand b, int halves) {
        evex(MAP_0F3A, PREFIX_66, false, 0x44, to, a, b, halves, Mask.NONE);
    }

    void vpshufb(Vector to, Vector from, Operand order) {
        evex(MAP_0F38, PREFIX_66, false, 0x00, to, from, order, NO_IMMEDIATE, Mask.NONE);
    }

    void vpshufd(Vector to, Operand from, int order) {
        evex(MAP_0F, PREFIX_66, false, 0x70, to, null, from, order, Mask.NONE);
    }

    void vpxorq(Vector to, Vector a, Operand b) {
        evex(MAP_0F, PREFIX_66, true, 0xEF, to, a, b, NO_IMMEDIATE, Mask.NONE);
    }

    void vpunpcklqdq(Vector to, Vector a, Operand b) {
        evex(MAP_0F, PREFIX_66, true, 0x6C, to, a, b, NO_IMMEDIATE, Mask.NONE);
    }

    void vpunpckhqdq(Vector to, Vector a, Operand b) {
        evex(MAP_0F, PREFIX_66, true, 0x6D, to, a, b, NO_IMMEDIATE, Mask.NONE);
    }

    /** Any function of three bits; the table's highest entry is the one for three ones. */
    void vpternlogq(Vector to, Vector a, Operand b, int table) {
        evex(MAP_0F3A, PREFIX_66, true, 0x25, to, a, b, table, Mask.NONE);
    }

    void vpaddd(Vector to, Vector a, Operand b) {
        evex(MAP_0F, PREFIX_66, false, 0xFE, to, a, b, NO_IMMEDIATE, Mask.NONE);
    }

    void vpslldq(Vector to, Vector from, int bytes) {
        evex(MAP_0F, PREFIX_66, false, 0x73, new Vector(7, to.bits), to, from, bytes, Mask.NONE);
    }

    void vmovdqu64(Vector to, Operand from) {
        evex(MAP_0F, PREFIX_F3, true, 0x6F, to, null, from, NO_IMMEDIATE, Mask.NONE);
    }

    void vmovdqu64(Memory to, Vector from) {
        evex(MAP_0F, PREFIX_F3, true, 0x7F, from, null, to, NO_IMMEDIATE, Mask.NONE);
    }

    void vmovdqu8(Vector to, Mask mask, Operand from) {
        evex(MAP_0F, PREFIX_F2, false, 0x6F, to, null, from, NO_IMMEDIATE, mask);
    }

    void vmovdqu8(Memory to, Mask mask, Vector from) {
        evex(MAP_0F, PREFIX_F2, false, 0x7F, from, null, to, NO_IMMEDIATE, mask);
    }

    void vbroadcasti32x4(Vector to, Operand from) {
        evex(MAP_0F38, PREFIX_66, false, 0x5A, to, null, from, NO_IMMEDIATE, Mask.NONE);
    }

    /** The lowest byte, everywhere. */
    void vpbroadcastb(Vector to, Gpr from) {
        Vector source = new Vector(from.number, to.bits);
        evex(MAP_0F38, PREFIX_66, false, 0x7A, to, null, source, NO_IMMEDIATE, Mask.NONE);
    }

    void vshufi64x2(Vector to, Vector a, Operand b, int order) {
        evex(MAP_0F3A, PREFIX_66, true, 0x43, to, a, b, order, Mask.NONE);
    }

    /** The upper or lower half of 512 bits. */
    void vextracti64x4(Vector to, Vector from, int half) {
        evex(MAP_0F3A, PREFIX_66, true, 0x3B, from, null, to, half, Mask.NONE);
    }

    /** The upper or lower half of 256 bits. */
    void vextracti32x4(Vector to, Vector from, int half) {
        evex(MAP_0F3A, PREFIX_66, false, 0x39, from, null, to, half, Mask.NONE);
    }

    void vmovq(Vector to, Gpr from) {
        Vector source = new Vector(from.number, to.bits);
        evex(MAP_0F, PREFIX_66, true, 0x6E, to, null, source, NO_IMMEDIATE, Mask.NONE);
    }

    void vmovq(Gpr to, Vector from) {
        Vector target = new Vector(to.number, from.bits);
        evex(MAP_0F, PREFIX_66, true, 0x7E, from, null, target, NO_IMMEDIATE, Mask.NONE);
    }

    void vpinsrq(Vector to, Vector rest, Gpr from, int half) {
        Vector source = new Vector(from.number, to.bits);
        evex(MAP_0F3A, PREFIX_66, true, 0x22, to, rest, source, half, Mask.NONE);
    }

    void vpextrq(Gpr to, Vector from, int half) {
        Vector target = new Vector(to.number, from.bits);
        evex(MAP_0F3A, PREFIX_66, true, 0x16, from, null, target, half, Mask.NONE);
    }

    /** Vectors 0 to 15. */
    void vzeroall() {
        write(0xC5, 0xFC, 0x77);
    }

    void kmovq(int mask, Gpr from) {
        vex(MAP_0F, PREFIX_F2, true, false, 0x92, mask, 0, from.number);
    }

    void kxorq(int to, int a, int b) {
        vex(MAP_0F, NO_PREFIX, true, true, 0x47, to, a, b);
    }

    private void evex(
            int map,
            int prefix,
            boolean wide,
            int opcode,
            Vector register,
            @Nullable Vector second,
            Operand operand,
            int immediate,
            Mask mask) {
        int reg = register.number;
        int other = second == null ? 0 : second.number;
        int rm =
                switch (operand) {
                    case Vector vector -> vector.number;
                    case Memory memory -> memory.base.number;
                    case Label label -> 0;
                };
        write(0x62);
        write(
                inverted(reg, 3) << 7
                        | inverted(rm, 4) << 6
                        | inverted(rm, 3) << 5
                        | inverted(reg, 4) << 4
                        | map);
        write((wide ? 0x80 : 0) | (~other & 0xF) << 3 | 0x04 | prefix);
        int length = Integer.numberOfTrailingZeros(bits(register, operand) / 128);
        write((mask.zeroing ? 0x80 : 0) | length << 5 | inverted(other, 4) << 3 | mask.number);
        write(opcode);
        boolean hasImmediate = immediate != NO_IMMEDIATE;
        operand(reg, operand, hasImmediate ? 1 : 0);
        if (hasImmediate) {
            write(immediate);
        }
    }

    /** The length is that of the longest: what is extracted is shorter than what it is from. */
    private static int bits(Vector register, Operand operand) {
        return operand instanceof Vector vector
                ? Math.max(register.bits, vector.bits)
                : register.bits;
    }

    private static int inverted(int number, int bit) {
        return ~number >> bit & 1;
    }

    /** ModRM, and what comes with it. */
    private void operand(int reg, Operand operand, int bytesBehind) {
        int middle = (reg & 7) << 3;
        switch (operand) {
            case Vector vector -> write(0xC0 | middle | vector.number & 7);
            case Memory memory -> {
                write(0x80 | middle | memory.base.number & 7);
                writeInt(memory.distance);
            }
            case Label label -> {
                write(0x05 | middle);
                distance(label, bytesBehind);
            }
        }
    }

    private void distance(Label to, int bytesBehind) {
        int at = position();
        distances.add(new Distance(at, at + Integer.BYTES + bytesBehind, to));
        writeInt(0);
    }

    private void vex(
            int map, int prefix, boolean wide, boolean is256, int opcode, int reg, int v, int rm) {
        write(0xC4);
        write(inverted(reg, 3) << 7 | 0x40 | inverted(rm, 3) << 5 | map);
        write((wide ? 0x80 : 0) | (~v & 0xF) << 3 | (is256 ? 0x04 : 0) | prefix);
        write(opcode, 0xC0 | (reg & 7) << 3 | rm & 7);
    }

    // General purpose registers, all 64 bits of them

    void mov(Gpr to, Gpr from) {
        alu(0x89, to, from);
    }

    void mov(Gpr to, long number) {
        write(REX_W | to.number >> 3, 0xB8 | to.number & 7);
        writeLong(number);
    }

    void add(Gpr to, Gpr from) {
        alu(0x01, to, from);
    }

    void add(Gpr to, int number) {
        alu(0, to, number);
    }

    void adc(Gpr to, Gpr from) {
        alu(0x11, to, from);
    }

    void sub(Gpr to, Gpr from) {
        alu(0x29, to, from);
    }

    void sub(Gpr to, int number) {
        alu(5, to, number);
    }

    void sbb(Gpr to, Gpr from) {
        alu(0x19, to, from);
    }

    void and(Gpr to, Gpr from) {
        alu(0x21, to, from);
    }

    void and(Gpr to, int number) {
        alu(4, to, number);
    }

    void or(Gpr to, Gpr from) {
        alu(0x09, to, from);
    }

    void xor(Gpr to, Gpr from) {
        alu(0x31, to, from);
    }

    void xor(Gpr to, int number) {
        alu(6, to, number);
    }

    void cmp(Gpr a, Gpr b) {
        alu(0x39, a, b);
    }

    void cmp(Gpr a, int number) {
        alu(7, a, number);
    }

    void shl(Gpr to, int bits) {
        shift(4, to, bits);
    }

    void shr(Gpr to, int bits) {
        shift(5, to, bits);
    }

    void cmov(Condition condition, Gpr to, Gpr from) {
        write(REX_W | (to.number >> 3) << 2 | from.number >> 3, 0x0F, 0x40 | condition.code);
        write(0xC0 | (to.number & 7) << 3 | from.number & 7);
    }

    /** Keeps the lowest bits, as many as the lowest byte of {@code count} says. */
    void bzhi(Gpr to, Gpr from, Gpr count) {
        vex(MAP_0F38, NO_PREFIX, true, false, 0xF5, to.number, count.number, from.number);
    }

    private void alu(int opcode, Gpr to, Gpr from) {
        write(REX_W | (from.number >> 3) << 2 | to.number >> 3, opcode);
        write(0xC0 | (from.number & 7) << 3 | to.number & 7);
    }

    private void alu(int operation, Gpr to, int number) {
        write(REX_W | to.number >> 3, 0x81, 0xC0 | operation << 3 | to.number & 7);
        writeInt(number);
    }

    private void shift(int operation, Gpr to, int bits) {
        write(REX_W | to.number >> 3, 0xC1, 0xC0 | operation << 3 | to.number & 7, bits);
    }

    void jump(Label to) {
        write(0xE9);
        distance(to, 0);
    }

    void jump(Condition condition, Label to) {
        write(0x0F, 0x80 | condition.code);
        distance(to, 0);
    }

    /** Where an indirect call may lead to, for a processor that looks after this. */
    void endbr64() {
        write(0xF3, 0x0F, 0x1E, 0xFA);
    }

    void ret() {
        write(0xC3);
    }
}
