package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class Utf8DecoderTest {

    @Test
    void aCharacterInPiecesComesOutWhole() {
        Utf8Decoder decoder = new Utf8Decoder();
        byte[] cat = "\ud83d\udc31".getBytes(StandardCharsets.UTF_8);
        assertThat(decoder.decode(new byte[] {cat[0]})).isEmpty();
        assertThat(decoder.heldBackBytes()).isEqualTo(1);
        assertThat(decoder.decode(new byte[] {cat[1], cat[2]})).isEmpty();
        assertThat(decoder.decode(new byte[] {cat[3], 'x'})).isEqualTo("\ud83d\udc31x");
        assertThat(decoder.heldBackBytes()).isZero();
        assertThat(decoder.finish()).isEmpty();
    }

    @Test
    void whatCannotBecomeACharacterIsReplaced() {
        Utf8Decoder decoder = new Utf8Decoder();
        assertThat(decoder.decode(new byte[] {(byte) 0xFF, 'a'})).isEqualTo("\uFFFDa");
        assertThat(decoder.decode(new byte[] {(byte) 0xE2, (byte) 0x82})).isEmpty();
        assertThat(decoder.finish()).isEqualTo("\uFFFD");
        assertThat(decoder.decode(new byte[] {'b'})).isEqualTo("b");
    }

    @Property(tries = 500)
    void anyBytesInAnyPiecesGiveTheTextOfAllTogether(
            @ForAll byte[] bytes, @ForAll @IntRange(min = 1, max = 5) int step) {
        Utf8Decoder decoder = new Utf8Decoder();
        StringBuilder text = new StringBuilder();
        for (int start = 0; start < bytes.length; start += step) {
            text.append(decoder.decode(Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + step))));
            assertThat(decoder.heldBackBytes()).isLessThan(4);
        }
        text.append(decoder.finish());
        assertThat(text.toString()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
    }

    @Property(tries = 500)
    void anyTextInSingleBytesComesBack(@ForAll String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Utf8Decoder decoder = new Utf8Decoder();
        StringBuilder decoded = new StringBuilder();
        for (byte one : bytes) {
            decoded.append(decoder.decode(new byte[] {one}));
        }
        assertThat(decoded.append(decoder.finish()).toString()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
    }
}
