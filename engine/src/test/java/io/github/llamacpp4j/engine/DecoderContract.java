package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every decoder whose sequences can be shared, cut and shifted does, with a model or without. */
public abstract class DecoderContract {

    private static final int[] TEXT = {60, 61, 62, 63, 64, 65, 66, 67};

    private Decoder decoder;

    /** A decoder with at least 4 sequences, 64 cells and batches of 16 tokens, closed by the contract. */
    protected abstract Decoder newDecoder();

    @BeforeEach
    void open() {
        decoder = newDecoder();
    }

    @AfterEach
    void close() {
        decoder.close();
    }

    private float[] decode(int sequence, int position, int... tokens) {
        TokenBatch batch = new TokenBatch(16);
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], position + i, sequence, i == tokens.length - 1);
        }
        assertThat(decoder.decode(batch)).isEqualTo(DecodeStatus.DECODED);
        return row(tokens.length - 1);
    }

    private float[] row(int batchIndex) {
        float[] row = new float[decoder.limits().vocabularySize()];
        decoder.copyLogits(batchIndex, row);
        return row;
    }

    private static void same(float[] actual, float[] expected) {
        assertThat(argmax(actual)).isEqualTo(argmax(expected));
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(0.7f));
        }
    }

    private static int argmax(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    @Test
    void theSameTokensGiveTheSameLogitsInEverySequence() {
        float[] first = decode(0, 0, TEXT);
        assertThat(decode(1, 0, TEXT)).isEqualTo(first);
        assertThat(first).isNotEqualTo(decode(2, 0, 70, 71));
    }

    @Test
    void piecesAddUp() {
        float[] whole = decode(0, 0, TEXT);
        decode(1, 0, 60, 61, 62);
        decode(1, 3, 63, 64, 65, 66);
        same(decode(1, 7, 67), whole);
    }

    @Test
    void aBatchServesSeveralSequencesAndOutputs() {
        float[] a = decode(0, 0, TEXT);
        float[] b = decode(1, 0, 70, 71, 72);
        decoder.cut(0, 7);
        decoder.cut(1, 2);
        TokenBatch batch = new TokenBatch(16);
        batch.add(67, 7, 0, true);
        batch.add(72, 2, 1, true);
        batch.add(73, 3, 1, false);
        assertThat(decoder.decode(batch)).isEqualTo(DecodeStatus.DECODED);
        same(row(0), a);
        same(row(1), b);
    }

    @Test
    void aSharedPrefixCountsAsDecoded() {
        float[] whole = decode(0, 0, TEXT);
        decoder.share(0, 1, 5);
        same(decode(1, 5, 65, 66, 67), whole);
        decoder.cut(0, 0);
        decoder.cut(1, 6);
        same(decode(1, 6, 66, 67), whole);
    }

    @Test
    void cuttingTakesTheEndBack() {
        float[] whole = decode(0, 0, TEXT);
        decoder.cut(0, 4);
        float[] other = decode(0, 4, 80, 81);
        assertThat(other).isNotEqualTo(whole);
        decoder.cut(0, 4);
        same(decode(0, 4, 64, 65, 66, 67), whole);
    }

    @Test
    void shiftingClosesTheGap() {
        decode(0, 0, TEXT);
        decoder.removeAndShift(0, 2, 5);
        float[] next = decode(0, 5, 68);
        assertThat(next).doesNotContain(Float.NaN);
    }

    @Test
    void aFullMemorySaysSoAndStaysUsable() {
        int cells = decoder.limits().cells();
        int position = 0;
        while (position + 16 <= cells) {
            int[] tokens = new int[16];
            for (int i = 0; i < 16; i++) {
                tokens[i] = 60 + (position + i) % 30;
            }
            decode(0, position, tokens);
            position += 16;
        }
        TokenBatch batch = new TokenBatch(16);
        for (int i = 0; i < 16; i++) {
            batch.add(70, i, 1, i == 15);
        }
        assertThat(decoder.decode(batch)).isEqualTo(DecodeStatus.NO_ROOM);
        decoder.cut(0, 0);
        assertThat(decoder.decode(batch)).isEqualTo(DecodeStatus.DECODED);
    }

    @Test
    void abortingWhenNothingRunsDoesNoHarm() {
        decoder.abort();
        assertThat(decoder.limits()).isEqualTo(decoder.limits());
    }
}
