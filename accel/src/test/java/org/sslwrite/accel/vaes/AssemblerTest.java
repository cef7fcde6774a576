package org.sslwrite.accel.vaes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sslwrite.accel.vaes.Assembler.Gpr.R10;
import static org.sslwrite.accel.vaes.Assembler.Gpr.R11;
import static org.sslwrite.accel.vaes.Assembler.Gpr.R8;
import static org.sslwrite.accel.vaes.Assembler.Gpr.R9;
import static org.sslwrite.accel.vaes.Assembler.Gpr.RAX;
import static org.sslwrite.accel.vaes.Assembler.Gpr.RCX;
import static org.sslwrite.accel.vaes.Assembler.Gpr.RDI;
import static org.sslwrite.accel.vaes.Assembler.Gpr.RDX;
import static org.sslwrite.accel.vaes.Assembler.Gpr.RSI;
import static org.sslwrite.accel.vaes.Assembler.memory;
import static org.sslwrite.accel.vaes.Assembler.xmm;
import static org.sslwrite.accel.vaes.Assembler.zmm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.accel.vaes.Assembler.Condition;
import org.sslwrite.accel.vaes.Assembler.Label;
import org.sslwrite.accel.vaes.Assembler.Mask;
import org.sslwrite.accel.vaes.Assembler.Vector;

import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Each instruction, with bytes that GNU as 2.40 made of it. */
class AssemblerTest {
    private static Arguments row(String bytes, String text, Consumer<Assembler> instruction) {
        return Arguments.of(text, bytes.replace(" ", ""), instruction);
    }

    private static Vector ymm(int number) {
        return zmm(number).ymm();
    }

    static Stream<Arguments> instructions() {
        return Stream.of(
                row(
                        "62 92 6d 48 dc cf",
                        "vaesenc zmm1, zmm2, zmm31",
                        asm -> asm.vaesenc(zmm(1), zmm(2), zmm(31))),
                row(
                        "62 62 35 08 dc 9f 45 23 01 00",
                        "vaesenc xmm27, xmm9, XMMWORD PTR [rdi+0x12345]",
                        asm -> asm.vaesenc(xmm(27), xmm(9), memory(RDI, 0x12345))),
                row(
                        "62 e2 3d 48 dd cb",
                        "vaesenclast zmm17, zmm8, zmm3",
                        asm -> asm.vaesenclast(zmm(17), zmm(8), zmm(3))),
                row(
                        "c4 c3 79 df d1 1b",
                        "vaeskeygenassist xmm2, xmm9, 0x1b",
                        asm -> asm.vaeskeygenassist(xmm(2), xmm(9), 0x1b)),
                row(
                        "62 a3 35 48 44 c5 11",
                        "vpclmulqdq zmm16, zmm9, zmm21, 0x11",
                        asm -> asm.vpclmulqdq(zmm(16), zmm(9), zmm(21), 0x11)),
                row(
                        "62 63 05 40 44 b7 45 23 01 00 01",
                        "vpclmulqdq zmm30, zmm31, ZMMWORD PTR [rdi+0x12345], 0x01",
                        asm -> asm.vpclmulqdq(zmm(30), zmm(31), memory(RDI, 0x12345), 0x01)),
                row(
                        "62 92 45 40 00 e9",
                        "vpshufb zmm5, zmm23, zmm25",
                        asm -> asm.vpshufb(zmm(5), zmm(23), zmm(25))),
                row(
                        "62 c1 7d 48 70 d8 4e",
                        "vpshufd zmm19, zmm8, 0x4e",
                        asm -> asm.vpshufd(zmm(19), zmm(8), 0x4e)),
                row(
                        "62 f1 95 40 ef 8e 45 23 01 00",
                        "vpxorq zmm1, zmm29, ZMMWORD PTR [rsi+0x12345]",
                        asm -> asm.vpxorq(zmm(1), zmm(29), memory(RSI, 0x12345))),
                row(
                        "62 a1 b5 28 ef d3",
                        "vpxorq ymm18, ymm9, ymm19",
                        asm -> asm.vpxorq(ymm(18), ymm(9), ymm(19))),
                row(
                        "62 01 85 00 ef ff",
                        "vpxorq xmm31, xmm31, xmm31",
                        asm -> asm.vpxorq(xmm(31), xmm(31), xmm(31))),
                row(
                        "62 a3 e5 40 25 cc 96",
                        "vpternlogq zmm17, zmm19, zmm20, 0x96",
                        asm -> asm.vpternlogq(zmm(17), zmm(19), zmm(20), 0x96)),
                row(
                        "62 d1 f5 40 6c d1",
                        "vpunpcklqdq zmm2, zmm17, zmm9",
                        asm -> asm.vpunpcklqdq(zmm(2), zmm(17), zmm(9))),
                row(
                        "62 d1 f5 40 6d d1",
                        "vpunpckhqdq zmm2, zmm17, zmm9",
                        asm -> asm.vpunpckhqdq(zmm(2), zmm(17), zmm(9))),
                row(
                        "62 e1 3d 40 fe ff",
                        "vpaddd zmm23, zmm24, zmm7",
                        asm -> asm.vpaddd(zmm(23), zmm(24), zmm(7))),
                row(
                        "62 b1 65 08 73 fa 04",
                        "vpslldq xmm3, xmm18, 4",
                        asm -> asm.vpslldq(xmm(3), xmm(18), 4)),
                row(
                        "62 c1 fe 48 6f aa 45 23 01 00",
                        "vmovdqu64 zmm21, ZMMWORD PTR [r10+0x12345]",
                        asm -> asm.vmovdqu64(zmm(21), memory(R10, 0x12345))),
                row(
                        "62 c1 fe 48 6f e9",
                        "vmovdqu64 zmm21, zmm9",
                        asm -> asm.vmovdqu64(zmm(21), zmm(9))),
                row(
                        "62 e1 fe 08 7f b0 45 23 01 00",
                        "vmovdqu64 XMMWORD PTR [rax+0x12345], xmm22",
                        asm -> asm.vmovdqu64(memory(RAX, 0x12345), xmm(22))),
                row(
                        "62 61 7f c9 6f aa 45 23 01 00",
                        "vmovdqu8 zmm29{k1}{z}, ZMMWORD PTR [rdx+0x12345]",
                        asm -> asm.vmovdqu8(zmm(29), Mask.zeroing(1), memory(RDX, 0x12345))),
                row(
                        "62 01 7f 4b 6f ef",
                        "vmovdqu8 zmm29{k3}, zmm31",
                        asm -> asm.vmovdqu8(zmm(29), Mask.keeping(3), zmm(31))),
                row(
                        "62 f1 7f 4a 7f b6 45 23 01 00",
                        "vmovdqu8 ZMMWORD PTR [rsi+0x12345]{k2}, zmm6",
                        asm -> asm.vmovdqu8(memory(RSI, 0x12345), Mask.keeping(2), zmm(6))),
                row(
                        "62 62 7d 48 5a a7 45 23 01 00",
                        "vbroadcasti32x4 zmm28, XMMWORD PTR [rdi+0x12345]",
                        asm -> asm.vbroadcasti32x4(zmm(28), memory(RDI, 0x12345))),
                row(
                        "62 42 7d 48 7a f9",
                        "vpbroadcastb zmm31, r9d",
                        asm -> asm.vpbroadcastb(zmm(31), R9)),
                row(
                        "62 a3 cd 20 43 f3 02",
                        "vshufi64x2 ymm22, ymm22, ymm19, 2",
                        asm -> asm.vshufi64x2(ymm(22), ymm(22), ymm(19), 2)),
                row(
                        "62 a3 fd 48 3b d3 01",
                        "vextracti64x4 ymm19, zmm18, 1",
                        asm -> asm.vextracti64x4(ymm(19), zmm(18), 1)),
                row(
                        "62 13 7d 28 39 c3 01",
                        "vextracti32x4 xmm27, ymm8, 1",
                        asm -> asm.vextracti32x4(xmm(27), ymm(8), 1)),
                row("62 c1 fd 08 6e fa", "vmovq xmm23, r10", asm -> asm.vmovq(xmm(23), R10)),
                row("62 41 fd 08 7e c3", "vmovq r11, xmm24", asm -> asm.vmovq(R11, xmm(24))),
                row(
                        "62 c3 cd 00 22 fa 01",
                        "vpinsrq xmm23, xmm22, r10, 1",
                        asm -> asm.vpinsrq(xmm(23), xmm(22), R10, 1)),
                row(
                        "62 43 fd 08 16 c3 01",
                        "vpextrq r11, xmm24, 1",
                        asm -> asm.vpextrq(R11, xmm(24), 1)),
                row("c5 fc 77", "vzeroall", asm -> asm.vzeroall()),
                row("c4 c1 fb 92 e2", "kmovq k4, r10", asm -> asm.kmovq(4, R10)),
                row("c4 e1 fb 92 ca", "kmovq k1, rdx", asm -> asm.kmovq(1, RDX)),
                row("c4 e1 f4 47 da", "kxorq k3, k1, k2", asm -> asm.kxorq(3, 1, 2)),
                row("49 89 ca", "mov r10, rcx", asm -> asm.mov(R10, RCX)),
                row("4c 89 c8", "mov rax, r9", asm -> asm.mov(RAX, R9)),
                row(
                        "49 bb 00 00 00 00 00 03 03 17",
                        "movabs r11, 0x1703030000000000",
                        asm -> asm.mov(R11, 0x1703030000000000L)),
                row("48 b9 ff ff ff ff ff ff ff ff", "movabs rcx, -1", asm -> asm.mov(RCX, -1L)),
                row("49 01 f2", "add r10, rsi", asm -> asm.add(R10, RSI)),
                row("48 81 c1 34 12 00 00", "add rcx, 0x1234", asm -> asm.add(RCX, 0x1234)),
                row("49 11 c3", "adc r11, rax", asm -> asm.adc(R11, RAX)),
                row("4c 29 d6", "sub rsi, r10", asm -> asm.sub(RSI, R10)),
                row("48 81 ef 34 12 00 00", "sub rdi, 0x1234", asm -> asm.sub(RDI, 0x1234)),
                row("48 19 c0", "sbb rax, rax", asm -> asm.sbb(RAX, RAX)),
                row("4c 21 c1", "and rcx, r8", asm -> asm.and(RCX, R8)),
                row("49 81 e3 34 12 00 00", "and r11, 0x1234", asm -> asm.and(R11, 0x1234)),
                row("49 09 d2", "or r10, rdx", asm -> asm.or(R10, RDX)),
                row("4c 31 d8", "xor rax, r11", asm -> asm.xor(RAX, R11)),
                row("49 81 f2 34 12 00 00", "xor r10, 0x1234", asm -> asm.xor(R10, 0x1234)),
                row("4c 39 d9", "cmp rcx, r11", asm -> asm.cmp(RCX, R11)),
                row("49 81 f9 34 12 00 00", "cmp r9, 0x1234", asm -> asm.cmp(R9, 0x1234)),
                row("49 c1 e2 18", "shl r10, 24", asm -> asm.shl(R10, 24)),
                row("48 c1 e8 3f", "shr rax, 63", asm -> asm.shr(RAX, 63)),
                row("4c 0f 42 d9", "cmovb r11, rcx", asm -> asm.cmov(Condition.BELOW, R11, RCX)),
                row("49 0f 42 f9", "cmovb rdi, r9", asm -> asm.cmov(Condition.BELOW, RDI, R9)),
                row("c4 42 b0 f5 d8", "bzhi r11, r8, r9", asm -> asm.bzhi(R11, R8, R9)),
                row("c4 e2 a8 f5 ca", "bzhi rcx, rdx, r10", asm -> asm.bzhi(RCX, RDX, R10)),
                row("f3 0f 1e fa", "endbr64", asm -> asm.endbr64()),
                row("c3", "ret", asm -> asm.ret()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("instructions")
    void instruction(String text, String bytes, Consumer<Assembler> instruction) {
        Assembler asm = new Assembler();
        instruction.accept(asm);
        assertEquals(bytes, HexFormat.of().formatHex(asm.bytes()));
    }

    /** Distances are counted from the end of the instruction, whatever is in it behind them. */
    @Test
    void labelsBeforeAndBehind() {
        Assembler asm = new Assembler();
        Label start = new Label();
        Label data = new Label();
        asm.place(start);
        asm.vpxorq(zmm(1), zmm(2), data);
        asm.vpternlogq(zmm(1), zmm(2), data, 0x96);
        asm.jump(Condition.NOT_EQUAL, start);
        asm.jump(start);
        asm.ret();
        asm.align(16);
        asm.place(data);
        asm.data(0x0102030405060708L, -1);
        byte[] expected =
                HexFormat.of()
                        .parseHex(
                                "62f1ed48ef0d26000000"
                                        + "62f3ed48250d1b00000096"
                                        + "0f85e5ffffff"
                                        + "e9e0ffffff"
                                        + "c3"
                                        + "90".repeat(15)
                                        + "0807060504030201"
                                        + "ffffffffffffffff");
        assertArrayEquals(expected, asm.bytes());
    }

    @Test
    void labelWithoutPlace() {
        Assembler asm = new Assembler();
        asm.jump(new Label());
        assertThrows(IllegalStateException.class, asm::bytes);
    }
}
