package org.sslwrite.accel.vaes;

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
import static org.sslwrite.accel.vaes.GcmLayout.BLOCK;
import static org.sslwrite.accel.vaes.GcmLayout.BLOCKS;
import static org.sslwrite.accel.vaes.GcmLayout.CHUNK;
import static org.sslwrite.accel.vaes.GcmLayout.HALVES;
import static org.sslwrite.accel.vaes.GcmLayout.HASH_KEY;
import static org.sslwrite.accel.vaes.GcmLayout.IV;
import static org.sslwrite.accel.vaes.GcmLayout.POWERS;
import static org.sslwrite.accel.vaes.GcmLayout.ROUND_KEYS;
import static org.sslwrite.accel.vaes.GcmLayout.VECTOR;
import static org.sslwrite.accel.vaes.GcmLayout.VECTORS;

import org.sslwrite.accel.vaes.Assembler.Condition;
import org.sslwrite.accel.vaes.Assembler.Gpr;
import org.sslwrite.accel.vaes.Assembler.Label;
import org.sslwrite.accel.vaes.Assembler.Mask;
import org.sslwrite.accel.vaes.Assembler.Memory;
import org.sslwrite.accel.vaes.Assembler.Vector;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;

/**
 * Writes the code that seals TLS records by AES-GCM (NIST SP 800-38D) with VAES and AVX-512: four
 * blocks in a vector, eight vectors side by side are a chunk, and while it is encrypted the chunk
 * before is hashed. Two chunks are reduced together. What is left, less than a chunk, goes vector
 * by vector. No branch and no address depends on key or plaintext; when the code returns, no vector
 * register holds anything of either.
 *
 * <p>Two blocks precede the first of the record: block 0, which is not used, and block 1, whose key
 * stream masks the tag, and in whose place the additional data is hashed. So both cost nothing, and
 * the counter of a chunk's first block is a multiple of 32: the others differ from it in five bits,
 * and no carry has to be looked after. Masks keep what is beyond the record's end from being read
 * or written.
 *
 * <p>Hashing is done on blocks in reverse, as integers whose bit 127 is the coefficient of x to the
 * power of 0. Their product comes out divided by x, which is why the hash key is multiplied by x
 * beforehand. Each 64 bits of a product's lower half are added to what is 64 bits above, and their
 * multiple by x^63 + x^62 + x^57 to what is above that: the reduction by x^128 + x^7 + x^2 + x + 1.
 */
final class GcmCode {
    private static final int TAG_LENGTH = 16;
    private static final int AHEAD = 2 * BLOCK;
    private static final int AAD_LENGTH_TLS13 = 5;
    private static final int AAD_LENGTH_TLS12 = 13;

    /** RFC 8446 section 5.2: the record's header, {@code 23, 0x0303}, and then the length. */
    private static final long HEADER_TLS13 = 0x17_0303_0000_000000L;

    /** RFC 5246 section 6.2.3.3: behind the sequence number, type, {@code 0x0303}, and length. */
    private static final long HEADER_TLS12 = 0x00_0303_0000_000000L;

    private static final int LENGTH_IN_HEADER = 24;
    private static final int TYPE_IN_HEADER = 56;

    private static final int XOR_OF_THREE = 0x96;
    private static final int HALVES_SWAPPED = 0x4E;

    /**
     * Halves that are multiplied, of the first factor and of the second, which has the upper digit.
     */
    private static final int LOW_LOW = 0x00;

    private static final int HIGH_LOW = 0x01;
    private static final int LOW_HIGH = 0x10;
    private static final int HIGH_HIGH = 0x11;

    private static final int LENGTH_MASK = 1;
    private static final int TOTAL_MASK = 2;
    private static final int TYPE_MASK = 3;

    // Vectors 0 to 7 are the chunk that is encrypted, 8 to 15 the one that is hashed.
    private static final Vector LOW = zmm(16);
    private static final Vector MIDDLE = zmm(17);
    private static final Vector HIGH = zmm(18);
    private static final Vector TEMP = zmm(19);
    private static final Vector TEMP2 = zmm(20);
    private static final Vector POWER = zmm(21);
    private static final Vector SUMS = POWER;
    private static final Vector HASH = zmm(22);
    private static final Vector COUNTER = zmm(23);
    private static final Vector STEP = zmm(24);
    private static final Vector REVERSE = zmm(25);
    private static final Vector POLYNOMIAL = zmm(26);
    private static final Vector TAG_MASK = zmm(27);
    private static final Vector ROUND_KEY = zmm(28);
    private static final Vector TEXT = zmm(29);
    private static final Vector LENGTHS = zmm(30);
    private static final Vector TYPE = zmm(31);
    private static final int REGISTERS = 32;
    private static final int REGISTERS_OF_VZEROALL = 16;

    private final Assembler asm;
    private final int rounds;
    private final Label reverse = new Label();
    private final Label polynomial = new Label();
    private final Label counters = new Label();
    private final Label vector = new Label();
    private final Label chunk = new Label();
    private final List<Label> blockNumbers =
            IntStream.range(0, VECTORS).mapToObj(i -> new Label()).toList();

    /**
     * Code for one length of key.
     *
     * @param keyLength 16 or 32
     */
    GcmCode(Assembler asm, int keyLength) {
        this.asm = asm;
        this.rounds = keyLength == BLOCK ? 10 : 14;
    }

    private static Vector encrypted(int index) {
        return zmm(index);
    }

    private static Vector hashed(int index) {
        return zmm(VECTORS + index);
    }

    private static Memory roundKey(int round) {
        return memory(RDI, ROUND_KEYS + BLOCK * round);
    }

    /** What the functions read besides their arguments. To be written once. */
    void writeConstants() {
        asm.align(VECTOR);
        for (int block = 0; block < CHUNK / BLOCK; block++) {
            if (block % (VECTOR / BLOCK) == 0) {
                asm.place(blockNumbers.get(block * BLOCK / VECTOR));
            }
            asm.data(0, (long) block << 56);
        }
        asm.place(counters);
        asm.data(0, 0, 1, 0, 2, 0, 3, 0);
        asm.place(vector);
        asm.data(VECTOR / BLOCK, 0);
        asm.place(chunk);
        asm.data(CHUNK / BLOCK, 0);
        asm.place(reverse);
        asm.data(0x08090A0B0C0D0E0FL, 0x0001020304050607L);
        asm.place(polynomial);
        asm.data(1, 0xC200000000000000L);
    }

    /** {@code void expand(GcmLayout *)}: what the layout holds, from the key that lies there. */
    void writeExpand() {
        asm.endbr64();
        if (rounds == 10) {
            expandAes128();
        } else {
            expandAes256();
        }
        asm.vbroadcasti32x4(REVERSE, reverse);
        asm.vbroadcasti32x4(POLYNOMIAL, polynomial);
        Vector hashKey = xmm(0);
        encryptZeros(hashKey);
        asm.vpshufb(hashKey, hashKey, REVERSE.xmm());
        multiplyByX(hashKey);
        asm.vmovdqu64(memory(RDI, HASH_KEY), hashKey);
        writePowers(hashKey);
        writeHalves();
        wipe();
        for (Gpr used : List.of(RAX, RCX, R10, R11)) {
            asm.xor(used, used);
        }
        asm.ret();
    }

    /** FIPS 197 section 5.2. */
    private void expandAes128() {
        Vector key = xmm(0);
        Vector word = xmm(2);
        asm.vmovdqu64(key, roundKey(0));
        int constant = 1;
        for (int round = 1; round <= rounds; round++) {
            asm.vaeskeygenassist(word, key, constant);
            nextRoundKey(key, word, 0xFF);
            asm.vmovdqu64(roundKey(round), key);
            constant = constant == 0x80 ? 0x1B : constant << 1;
        }
    }

    private void expandAes256() {
        Vector even = xmm(0);
        Vector odd = xmm(1);
        Vector word = xmm(2);
        asm.vmovdqu64(even, roundKey(0));
        asm.vmovdqu64(odd, roundKey(1));
        int constant = 1;
        for (int round = 2; round <= rounds; round += 2) {
            asm.vaeskeygenassist(word, odd, constant);
            nextRoundKey(even, word, 0xFF);
            asm.vmovdqu64(roundKey(round), even);
            constant <<= 1;
            if (round < rounds) {
                asm.vaeskeygenassist(word, even, 0);
                nextRoundKey(odd, word, 0xAA);
                asm.vmovdqu64(roundKey(round + 1), odd);
            }
        }
    }

    /** Each word becomes the sum of itself, of those before it, and of the one assisted. */
    private void nextRoundKey(Vector key, Vector assisted, int wordOfIt) {
        Vector shifted = xmm(3);
        asm.vpshufd(assisted, assisted, wordOfIt);
        asm.vpslldq(shifted, key, Integer.BYTES);
        asm.vpxorq(key, key, shifted);
        asm.vpslldq(shifted, shifted, Integer.BYTES);
        asm.vpxorq(key, key, shifted);
        asm.vpslldq(shifted, shifted, Integer.BYTES);
        asm.vpxorq(key, key, shifted);
        asm.vpxorq(key, key, assisted);
    }

    private void encryptZeros(Vector block) {
        asm.vmovdqu64(block, roundKey(0));
        for (int round = 1; round < rounds; round++) {
            asm.vaesenc(block, block, roundKey(round));
        }
        asm.vaesenclast(block, block, roundKey(rounds));
    }

    private void multiplyByX(Vector block) {
        asm.vmovq(R10, block);
        asm.vpextrq(R11, block, 1);
        asm.add(R10, R10);
        asm.adc(R11, R11);
        asm.sbb(RAX, RAX); // all ones if a bit fell out
        asm.mov(RCX, 0xC200000000000000L);
        asm.and(RCX, RAX);
        asm.xor(R11, RCX);
        asm.and(RAX, 1);
        asm.xor(R10, RAX);
        asm.vmovq(block, R10);
        asm.vpinsrq(block, block, R11, 1);
    }

    private void writePowers(Vector hashKey) {
        Vector power = HASH.xmm();
        asm.vmovdqu64(power, hashKey);
        asm.mov(RAX, RDI);
        asm.mov(RCX, BLOCKS - 1);
        Label next = new Label();
        asm.place(next);
        asm.vpclmulqdq(LOW.xmm(), power, hashKey, LOW_LOW);
        asm.vpclmulqdq(HIGH.xmm(), power, hashKey, HIGH_HIGH);
        asm.vpclmulqdq(MIDDLE.xmm(), power, hashKey, HIGH_LOW);
        asm.vpclmulqdq(TEMP.xmm(), power, hashKey, LOW_HIGH);
        asm.vpxorq(MIDDLE.xmm(), MIDDLE.xmm(), TEMP.xmm());
        reduceLow();
        reduceMiddle();
        asm.vmovdqu64(power, HIGH.xmm());
        asm.vmovdqu64(memory(RAX, HASH_KEY - BLOCK), power);
        asm.sub(RAX, BLOCK);
        asm.sub(RCX, 1);
        asm.jump(Condition.NOT_EQUAL, next);
    }

    private void writeHalves() {
        for (int i = 0; i < 2 * VECTORS; i += 2) {
            Vector first = zmm(0);
            Vector second = zmm(1);
            asm.vmovdqu64(first, memory(RDI, POWERS + VECTOR * i));
            asm.vmovdqu64(second, memory(RDI, POWERS + VECTOR * (i + 1)));
            addHalves(first, TEMP);
            addHalves(second, TEMP2);
            asm.vpunpcklqdq(first, first, second);
            asm.vmovdqu64(memory(RDI, HALVES + VECTOR * i / 2), first);
        }
    }

    private void addHalves(Vector vector, Vector temp) {
        asm.vpshufd(temp, vector, HALVES_SWAPPED);
        asm.vpxorq(vector, vector, temp);
    }

    /**
     * {@code void seal(const GcmLayout *, char *out, const char *in, long length, long sequence,
     * long contentType)}: the ciphertext of the input, and the tag behind it.
     *
     * <p>In TLS 1.3 the content type is encrypted behind the input; it is negative if the input has
     * it already. Input and output are the same place, or apart.
     */
    void writeSeal(boolean tls13) {
        asm.endbr64();
        asm.vbroadcasti32x4(REVERSE, reverse);
        asm.vbroadcasti32x4(POLYNOMIAL, polynomial);
        nonce();
        asm.mov(RAX, RCX);
        if (tls13) {
            asm.mov(R10, R9);
            asm.shr(R10, 63);
            asm.xor(R10, 1);
            asm.add(RAX, R10);
        }
        // RAX: bytes to encrypt, RCX: bytes of input.
        additionalData(tls13);
        lengths(tls13);
        for (Gpr pointer : List.of(RSI, RDX)) {
            asm.sub(pointer, AHEAD);
        }
        for (Gpr length : List.of(RAX, RCX)) {
            asm.add(length, AHEAD);
        }

        Label small = new Label();
        Label rest = new Label();
        Label next = new Label();
        Label end = new Label();
        asm.cmp(RCX, CHUNK);
        asm.jump(Condition.BELOW, small);
        chunks();
        beginRest(tls13);
        asm.jump(rest);
        asm.place(small);
        beginRest(tls13);
        restVector(tls13, true);
        asm.place(rest);
        asm.cmp(RAX, 0);
        asm.jump(Condition.EQUAL, end);
        asm.place(next);
        restVector(tls13, false);
        asm.cmp(RAX, 0);
        asm.jump(Condition.NOT_EQUAL, next);
        asm.place(end);
        tag();
        wipe();
        asm.ret();
    }

    /** All whole chunks, one at least; each is hashed when the next has been encrypted. */
    private void chunks() {
        Label two = new Label();
        Label one = new Label();
        Label last = new Label();
        asm.vbroadcasti32x4(STEP, chunk);
        encryptChunk(Hashing.NONE);
        asm.cmp(RCX, CHUNK);
        asm.jump(Condition.BELOW, last);
        asm.cmp(RCX, 2 * CHUNK);
        asm.jump(Condition.BELOW, one);
        asm.align(VECTOR);
        asm.place(two);
        encryptChunk(Hashing.FIRST_OF_TWO);
        encryptChunk(Hashing.SECOND_OF_TWO);
        asm.cmp(RCX, 2 * CHUNK);
        asm.jump(Condition.ABOVE_OR_EQUAL, two);
        asm.cmp(RCX, CHUNK);
        asm.jump(Condition.BELOW, last);
        asm.place(one);
        encryptChunk(Hashing.ONE);
        asm.place(last);
        steps(Hashing.ONE).forEach(Runnable::run);
    }

    /** The block of lengths is hashed last. */
    private void tag() {
        asm.vpxorq(HASH.xmm(), HASH.xmm(), LENGTHS.xmm());
        asm.vmovdqu64(POWER.xmm(), memory(RDI, HASH_KEY));
        addProduct(HASH);
        reduceLow();
        reduceMiddle();
        addLanes();
        asm.vpshufb(HASH.xmm(), HASH.xmm(), REVERSE.xmm());
        asm.vpxorq(HASH.xmm(), HASH.xmm(), TAG_MASK.xmm());
        asm.vmovdqu64(memory(RSI, 0), HASH.xmm());
    }

    /** RFC 8446 section 5.3, and RFC 5288 section 3, as the fixed IV has zeros in its place. */
    private void nonce() {
        Vector nonce = COUNTER.xmm();
        asm.mov(R10, R8);
        asm.shl(R10, 32);
        asm.vmovq(nonce, R10);
        asm.mov(R10, R8);
        asm.shr(R10, 32);
        asm.vpinsrq(nonce, nonce, R10, 1);
        asm.vpxorq(nonce, nonce, memory(RDI, IV));
        asm.vshufi64x2(COUNTER, COUNTER, COUNTER, 0);
    }

    /** In the place of block 1, of the four of the first vector. */
    private void additionalData(boolean tls13) {
        asm.vpxorq(HASH.xmm(), HASH.xmm(), HASH.xmm());
        asm.mov(R10, RAX);
        if (tls13) {
            asm.add(R10, TAG_LENGTH);
        }
        asm.shl(R10, LENGTH_IN_HEADER);
        asm.mov(R11, tls13 ? HEADER_TLS13 : HEADER_TLS12);
        asm.or(R10, R11);
        if (tls13) {
            asm.vpinsrq(TEMP.xmm(), HASH.xmm(), R10, 1);
        } else {
            asm.shl(R9, TYPE_IN_HEADER);
            asm.or(R10, R9);
            asm.vmovq(TEMP.xmm(), R10);
            asm.vpinsrq(TEMP.xmm(), TEMP.xmm(), R8, 1);
        }
        asm.vshufi64x2(HASH.ymm(), HASH.ymm(), TEMP.ymm(), 0);
    }

    private void lengths(boolean tls13) {
        asm.mov(R10, RAX);
        asm.shl(R10, 3);
        asm.vmovq(LENGTHS.xmm(), R10);
        asm.mov(R10, 8L * (tls13 ? AAD_LENGTH_TLS13 : AAD_LENGTH_TLS12));
        asm.vpinsrq(LENGTHS.xmm(), LENGTHS.xmm(), R10, 1);
    }

    /**
     * What a record begins with, behind zeros. Memory ahead of it is not even read and masked: that
     * is slow where there is none.
     */
    private void putBehindTheBlocksAhead(Vector to, Vector text) {
        asm.vpxorq(TEMP.xmm(), TEMP.xmm(), TEMP.xmm());
        asm.vshufi64x2(to, TEMP, text, 0b01_00_00_00);
    }

    /** What is done about the chunk that was encrypted before. */
    private enum Hashing {
        /** There is none. */
        NONE,
        ONE,
        /** The products are left to be reduced with those of the second. */
        FIRST_OF_TWO,
        SECOND_OF_TWO
    }

    /** Encrypts 32 blocks, and hashes the 32 before meanwhile. */
    private void encryptChunk(Hashing before) {
        boolean first = before == Hashing.NONE;
        Queue<Runnable> hashing = first ? new ArrayDeque<>() : steps(before);
        asm.vbroadcasti32x4(ROUND_KEY, roundKey(0));
        asm.vpshufb(TEXT, COUNTER, REVERSE);
        asm.vpaddd(COUNTER, COUNTER, STEP);
        asm.vpxorq(TEXT, TEXT, ROUND_KEY);
        for (int i = 0; i < VECTORS; i++) {
            asm.vpxorq(encrypted(i), TEXT, blockNumbers.get(i));
        }
        int instructions = (rounds - 1) * VECTORS;
        int steps = hashing.size();
        int done = 0;
        for (int round = 1; round < rounds; round++) {
            asm.vbroadcasti32x4(ROUND_KEY, roundKey(round));
            for (int i = 0; i < VECTORS; i++) {
                asm.vaesenc(encrypted(i), encrypted(i), ROUND_KEY);
                done++;
                while ((steps - hashing.size()) * instructions < done * steps) {
                    hashing.remove().run();
                }
            }
        }
        asm.vbroadcasti32x4(ROUND_KEY, roundKey(rounds));
        for (int i = 0; i < VECTORS; i++) {
            if (first && i == 0) {
                asm.vmovdqu64(TEXT.ymm(), memory(RDX, AHEAD));
                putBehindTheBlocksAhead(TEXT, TEXT);
                asm.vpxorq(TEXT, TEXT, ROUND_KEY);
            } else {
                asm.vpxorq(TEXT, ROUND_KEY, memory(RDX, VECTOR * i));
            }
            asm.vaesenclast(encrypted(i), encrypted(i), TEXT);
        }
        for (int i = 0; i < VECTORS; i++) {
            if (first && i == 0) {
                asm.vextracti32x4(TAG_MASK.xmm(), encrypted(i).ymm(), 1);
                asm.vextracti64x4(TEXT.ymm(), encrypted(i), 1);
                asm.vmovdqu64(memory(RSI, AHEAD), TEXT.ymm());
                putBehindTheBlocksAhead(encrypted(i), TEXT);
            } else {
                asm.vmovdqu64(memory(RSI, VECTOR * i), encrypted(i));
            }
            asm.vpshufb(hashed(i), encrypted(i), REVERSE);
        }
        for (Gpr pointer : List.of(RSI, RDX)) {
            asm.add(pointer, CHUNK);
        }
        for (Gpr length : List.of(RAX, RCX)) {
            asm.sub(length, CHUNK);
        }
    }

    /**
     * Hashes 32 blocks or a part of 64, step by step, two vectors at a time. Three multiplications
     * for each, by Karatsuba: the two mixed products are that of the sums, less the other two.
     */
    private Queue<Runnable> steps(Hashing hashing) {
        Queue<Runnable> steps = new ArrayDeque<>();
        if (hashing != Hashing.SECOND_OF_TWO) {
            steps.add(() -> asm.vpxorq(hashed(0), hashed(0), HASH));
        }
        for (int i = 0; i < VECTORS; i += 2) {
            Vector a = hashed(i);
            Vector b = hashed(i + 1);
            int at = hashing == Hashing.FIRST_OF_TWO ? i : VECTORS + i;
            Memory powerA = memory(RDI, POWERS + VECTOR * at);
            Memory powerB = memory(RDI, POWERS + VECTOR * (at + 1));
            Memory halves = memory(RDI, HALVES + VECTOR * at / 2);
            boolean first = i == 0 && hashing != Hashing.SECOND_OF_TWO;
            Vector low = first ? LOW : TEMP;
            Vector high = first ? HIGH : TEMP;
            Vector middle = first ? MIDDLE : TEMP;
            steps.add(() -> asm.vpclmulqdq(low, a, powerA, LOW_LOW));
            steps.add(() -> asm.vpclmulqdq(TEMP2, b, powerB, LOW_LOW));
            steps.add(() -> addTemps(LOW, first));
            steps.add(() -> asm.vpclmulqdq(high, a, powerA, HIGH_HIGH));
            steps.add(() -> asm.vpclmulqdq(TEMP2, b, powerB, HIGH_HIGH));
            steps.add(() -> addTemps(HIGH, first));
            // Of both vectors in one: the lower halves of the blocks plus the upper halves.
            steps.add(() -> asm.vpunpcklqdq(TEMP, a, b));
            steps.add(() -> asm.vpunpckhqdq(TEMP2, a, b));
            steps.add(() -> asm.vpxorq(SUMS, TEMP, TEMP2));
            steps.add(() -> asm.vpclmulqdq(middle, SUMS, halves, LOW_LOW));
            steps.add(() -> asm.vpclmulqdq(TEMP2, SUMS, halves, HIGH_HIGH));
            steps.add(() -> addTemps(MIDDLE, first));
        }
        if (hashing != Hashing.FIRST_OF_TWO) {
            steps.add(() -> asm.vpternlogq(MIDDLE, LOW, HIGH, XOR_OF_THREE));
            steps.add(this::reduceLow);
            steps.add(this::reduceMiddle);
            steps.add(this::addLanes);
        }
        return steps;
    }

    private void addTemps(Vector sum, boolean first) {
        if (first) {
            asm.vpxorq(sum, sum, TEMP2);
        } else {
            asm.vpternlogq(sum, TEMP, TEMP2, XOR_OF_THREE);
        }
    }

    /** To what is left, fewer than 33 blocks. */
    private void beginRest(boolean tls13) {
        asm.vbroadcasti32x4(STEP, vector);
        asm.vpaddd(COUNTER, COUNTER, counters);
        if (tls13) {
            asm.vpbroadcastb(TYPE, R9);
        }
        asm.mov(R8, -1L);
        // R10: the power for the next block; the last of the record has the second, as the block
        // of lengths is behind it.
        asm.mov(R11, RAX);
        asm.add(R11, BLOCK - 1);
        asm.and(R11, -BLOCK);
        asm.mov(R10, RDI);
        asm.add(R10, HASH_KEY);
        asm.sub(R10, R11);
        for (Vector sum : List.of(LOW, MIDDLE, HIGH)) {
            asm.vpxorq(sum.xmm(), sum.xmm(), sum.xmm());
        }
    }

    /** Encrypts and hashes up to four blocks. */
    private void restVector(boolean tls13, boolean first) {
        Vector block = encrypted(0);
        Vector hash = hashed(0);
        atMostOneVector(R11, RCX);
        asm.sub(RCX, R11);
        if (tls13) {
            atMostOneVector(R9, RAX);
        } else {
            asm.mov(R9, R11);
        }
        asm.sub(RAX, R9);
        mask(LENGTH_MASK, R11, first);
        if (tls13) {
            mask(TOTAL_MASK, R9, first);
            asm.kxorq(TYPE_MASK, LENGTH_MASK, TOTAL_MASK);
        }
        int total = tls13 ? TOTAL_MASK : LENGTH_MASK;

        asm.vbroadcasti32x4(ROUND_KEY, roundKey(0));
        asm.vpshufb(block, COUNTER, REVERSE);
        asm.vpaddd(COUNTER, COUNTER, STEP);
        asm.vpxorq(block, block, ROUND_KEY);
        for (int round = 1; round < rounds; round++) {
            asm.vbroadcasti32x4(ROUND_KEY, roundKey(round));
            asm.vaesenc(block, block, ROUND_KEY);
        }
        asm.vbroadcasti32x4(ROUND_KEY, roundKey(rounds));
        asm.vaesenclast(block, block, ROUND_KEY);
        if (first) {
            asm.vextracti32x4(TAG_MASK.xmm(), block.ymm(), 1);
        }
        int ahead = first ? AHEAD : 0;
        Vector text = first ? TEXT.ymm() : TEXT;
        asm.vmovdqu8(text, Mask.zeroing(LENGTH_MASK), memory(RDX, ahead));
        if (tls13) {
            asm.vmovdqu8(text, Mask.keeping(TYPE_MASK), first ? TYPE.ymm() : TYPE);
        }
        if (first) {
            putBehindTheBlocksAhead(TEXT, TEXT);
        }
        asm.vpxorq(TEXT, block, TEXT);
        if (first) {
            asm.vextracti64x4(text, TEXT, 1);
        }
        asm.vmovdqu8(memory(RSI, ahead), Mask.keeping(total), text);
        asm.vmovdqu8(text, Mask.zeroing(total), text);
        if (first) {
            putBehindTheBlocksAhead(TEXT, TEXT);
        }
        asm.vpshufb(hash, TEXT, REVERSE);
        asm.vpxorq(hash, hash, HASH);
        asm.vpxorq(HASH.xmm(), HASH.xmm(), HASH.xmm());
        asm.vmovdqu64(POWER, memory(R10, 0));
        addProduct(hash);
        asm.add(RSI, R9);
        asm.add(RDX, VECTOR);
        asm.add(R10, VECTOR);
    }

    private void atMostOneVector(Gpr to, Gpr count) {
        asm.mov(to, VECTOR);
        asm.cmp(count, to);
        asm.cmov(Condition.BELOW, to, count);
    }

    /** As many bytes; in a record's first vector less those ahead. */
    private void mask(int mask, Gpr bytes, boolean first) {
        asm.bzhi(R11, R8, bytes);
        if (first) {
            asm.shr(R11, AHEAD);
        }
        asm.kmovq(mask, R11);
    }

    /** By what is in {@link #POWER}. */
    private void addProduct(Vector hash) {
        asm.vpclmulqdq(TEMP, hash, POWER, LOW_LOW);
        asm.vpxorq(LOW, LOW, TEMP);
        asm.vpclmulqdq(TEMP, hash, POWER, HIGH_HIGH);
        asm.vpxorq(HIGH, HIGH, TEMP);
        asm.vpclmulqdq(TEMP, hash, POWER, HIGH_LOW);
        asm.vpclmulqdq(TEMP2, hash, POWER, LOW_HIGH);
        asm.vpternlogq(MIDDLE, TEMP, TEMP2, XOR_OF_THREE);
    }

    private void reduceLow() {
        asm.vpclmulqdq(TEMP, POLYNOMIAL, LOW, HIGH_LOW);
        asm.vpshufd(LOW, LOW, HALVES_SWAPPED);
        asm.vpternlogq(MIDDLE, LOW, TEMP, XOR_OF_THREE);
    }

    private void reduceMiddle() {
        asm.vpclmulqdq(TEMP, POLYNOMIAL, MIDDLE, HIGH_LOW);
        asm.vpshufd(MIDDLE, MIDDLE, HALVES_SWAPPED);
        asm.vpternlogq(HIGH, MIDDLE, TEMP, XOR_OF_THREE);
    }

    private void addLanes() {
        asm.vextracti64x4(TEMP.ymm(), HIGH, 1);
        asm.vpxorq(HIGH.ymm(), HIGH.ymm(), TEMP.ymm());
        asm.vextracti32x4(TEMP.xmm(), HIGH.ymm(), 1);
        asm.vpxorq(HASH.xmm(), HIGH.xmm(), TEMP.xmm());
    }

    private void wipe() {
        asm.vzeroall();
        for (int i = REGISTERS_OF_VZEROALL; i < REGISTERS; i++) {
            asm.vpxorq(xmm(i), xmm(i), xmm(i));
        }
    }
}
