package org.sslwrite.differential;

import java.util.Arrays;

/**
 * One direction of a scripted transport. The subject of a case is at one end, and meets the script
 * there: how many bytes pass, how many in one call, when "retry", "closed" or a failure comes
 * instead. The other end is the test's and always works.
 */
final class Pipe {
    /** What a call meets that can move nothing. */
    enum Obstacle {
        RETRY,
        CLOSED,
        BROKEN
    }

    private byte[] bytes = new byte[1 << 16];
    private int head;
    private int tail;
    private long room = Long.MAX_VALUE;
    private Obstacle whenRoomIsUsed = Obstacle.RETRY;
    private int capacity = Integer.MAX_VALUE;
    private int perCall = Integer.MAX_VALUE;
    private boolean everySecondCallRetries;
    private boolean retryNow;
    private boolean ended;
    private long passed;

    /** From now on so many bytes pass the subject's end, then comes the obstacle. */
    void room(long allowed, Obstacle then) {
        room = allowed;
        whenRoomIsUsed = then;
    }

    /** Lets everything pass again, unless the end of this direction was ordered. */
    void open() {
        if (whenRoomIsUsed == Obstacle.RETRY) {
            room = Long.MAX_VALUE;
        }
    }

    /** So many bytes lie in the pipe at most; beyond, the writer hears "retry". */
    void capacity(int limit) {
        capacity = limit;
    }

    /** A call moves so many bytes at most. */
    void perCall(int limit) {
        perCall = limit;
    }

    /** Every second call moves nothing and hears "retry". */
    void everySecondCallRetries(boolean on) {
        everySecondCallRetries = on;
    }

    /** Nothing more comes from the test's end: what lies here can be read, then "closed". */
    void end() {
        ended = true;
    }

    /** What stops a call at the subject's end now; null if bytes can move. */
    Obstacle obstacle() {
        if (room <= 0) {
            return whenRoomIsUsed;
        }
        retryNow = everySecondCallRetries && !retryNow;
        return retryNow ? Obstacle.RETRY : null;
    }

    /** How many bytes a call for so many moves, if {@link #obstacle} found nothing. */
    private int allowed(int wanted) {
        return (int) Math.min(Math.min(wanted, perCall), room);
    }

    /** How many bytes of so many the subject may write now. */
    int writable(int wanted) {
        return Math.min(allowed(wanted), capacity - size());
    }

    /** How many bytes of so many the subject may read now. */
    int readable(int wanted) {
        return Math.min(allowed(wanted), size());
    }

    /** Accounts for bytes that passed the subject's end. */
    void passed(int moved) {
        passed += moved;
        if (room != Long.MAX_VALUE) {
            room -= moved;
        }
    }

    /** Bytes that have passed the subject's end so far. */
    long passed() {
        return passed;
    }

    int size() {
        return tail - head;
    }

    boolean isAtEnd() {
        return ended && size() == 0;
    }

    /** Where so many bytes can be put, at {@link #tail()}. */
    byte[] roomAtTail(int length) {
        if (bytes.length - tail < length) {
            int held = size();
            byte[] target =
                    bytes.length - held < length
                            ? new byte[Math.max(2 * bytes.length, held + length)]
                            : bytes;
            System.arraycopy(bytes, head, target, 0, held);
            bytes = target;
            head = 0;
            tail = held;
        }
        return bytes;
    }

    int tail() {
        return tail;
    }

    void added(int length) {
        tail += length;
    }

    void put(byte[] source, int offset, int length) {
        System.arraycopy(source, offset, roomAtTail(length), tail, length);
        tail += length;
    }

    /** The array that holds the bytes, from {@link #head()} on. */
    byte[] array() {
        return bytes;
    }

    int head() {
        return head;
    }

    void removed(int length) {
        head += length;
        if (head == tail) {
            head = 0;
            tail = 0;
        }
    }

    /** Takes all that is there. */
    byte[] takeAll() {
        byte[] all = Arrays.copyOfRange(bytes, head, tail);
        removed(all.length);
        return all;
    }

    /** Turns over one bit of the byte at this place, counted from the end. */
    void corrupt(int fromEnd) {
        bytes[tail - 1 - fromEnd] ^= 1;
    }
}
