package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptTextsTest {

    private static int words(String text) {
        return text.strip().split("\\s+", -1).length;
    }

    @Test
    void promptsHaveAboutTheLengthWanted() {
        PromptTexts texts = new PromptTexts(PromptTextsTest::words, 4000);
        for (int tokens : new int[] {40, 100, 500, 1500}) {
            assertThat(words(texts.fresh(tokens))).isBetween(tokens - 10, tokens + 10);
            assertThat(texts.length(tokens)).isEqualTo(words(texts.fresh(tokens)));
        }
    }

    @Test
    void noPromptIsLongerThanTheModelCanRead() {
        PromptTexts texts = new PromptTexts(PromptTextsTest::words, 200);
        assertThat(words(texts.fresh(1500))).isBetween(180, 200);
        assertThat(words(new PromptTexts(PromptTextsTest::words, 3).fresh(100))).isEqualTo(5);
    }

    @Test
    void noPromptBeginsLikeAnother() {
        PromptTexts texts = new PromptTexts(PromptTextsTest::words, 4000);
        assertThat(texts.fresh(100).substring(0, 4))
                .isNotEqualTo(texts.fresh(100).substring(0, 4));
        assertThat(texts.question()).isNotEqualTo(texts.question());
    }
}
