package io.github.llamacpp4j.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxiesTest {

    private static final ProxySelector NONE = ProxySelector.of(null);

    private static List<Proxy> chosen(Map<String, String> environment, String address) {
        return EnvironmentProxies.of(environment, NONE).select(URI.create(address));
    }

    private static List<Proxy> through(String host, int port) {
        return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port)));
    }

    @Test
    void eachSchemeHasItsProxyAndLowerCaseWins() {
        Map<String, String> environment = Map.of(
                "HTTPS_PROXY", "http://upper:1", "https_proxy", "http://secure:3128", "HTTP_PROXY", "plain:8080");
        assertThat(chosen(environment, "https://models.example/file")).isEqualTo(through("secure", 3128));
        assertThat(chosen(environment, "http://models.example/file")).isEqualTo(through("plain", 8080));
    }

    @Test
    void oneProxyMayServeAllSchemes() {
        assertThat(chosen(Map.of("ALL_PROXY", "http://any"), "https://models.example"))
                .isEqualTo(through("any", 80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"models.example", ".example", "*.example", "a, models.example", "*", "models.example:443"})
    void hostsUnderNoProxyAreAskedDirectly(String exceptions) {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://proxy:1", "NO_PROXY", exceptions);
        assertThat(chosen(environment, "https://Models.example/file")).containsExactly(Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"odels.example", "models.example.org", "models.example:80"})
    void otherHostsAreNot(String exceptions) {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://proxy:1", "NO_PROXY", exceptions);
        assertThat(chosen(environment, "https://models.example/file")).isEqualTo(through("proxy", 1));
    }

    @Test
    void withoutAProxyTheOtherSelectorIsUsed() {
        assertThat(EnvironmentProxies.of(Map.of("HTTPS_PROXY", " "), NONE)).isSameAs(NONE);
        assertThat(chosen(Map.of("HTTP_PROXY", "http://proxy:1"), "https://models.example"))
                .containsExactly(Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a b", "socks5://proxy:1080", "http://user:word@proxy:1"})
    void whatCannotBeUsedIsRefusedWithItsName(String value) {
        assertThatThrownBy(() -> chosen(Map.of("https_proxy", value), "https://models.example"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https_proxy")
                .hasMessageNotContaining("word");
    }
}
