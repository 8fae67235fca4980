package io.github.llamacpp4j.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TemplateCacheTest {
    private final TemplateCache cache = new TemplateCache(2, TemplateOptions.defaults());

    @Test
    void theSameSourceIsParsedOnce() {
        assertThat(cache.get("{{ 1 }}")).isSameAs(cache.get("{{ 1 }}"));
    }

    @Test
    void theLeastRecentlyUsedGoesFirst() {
        Template first = cache.get("1");
        Template second = cache.get("2");
        assertThat(cache.get("1")).isSameAs(first);
        cache.get("3");
        assertThat(cache.size()).isEqualTo(2);
        assertThat(cache.get("1")).isSameAs(first);
        assertThat(cache.get("2")).isNotSameAs(second);
    }

    @Test
    void whatDoesNotParseIsNotRemembered() {
        assertThatThrownBy(() -> cache.get("{{")).isInstanceOf(TemplateException.class);
        assertThat(cache.size()).isZero();
    }
}
