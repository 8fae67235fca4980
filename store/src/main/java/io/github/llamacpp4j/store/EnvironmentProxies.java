package io.github.llamacpp4j.store;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the environment names, in the form that curl and pip read: {@code https_proxy}, {@code http_proxy},
 * {@code all_proxy} and {@code no_proxy}, in either case. Hosts under {@code no_proxy} and schemes that nothing names a proxy
 * for are left to another selector. What cannot be used is refused when an address is asked for, so that it harms nobody
 * who downloads nothing. Immutable and thread-safe.
 */
final class EnvironmentProxies extends ProxySelector {

    private static final Map<String, Integer> DEFAULT_PORTS = Map.of("http", 80, "https", 443);

    private final Map<String, String> proxies;
    private final List<String> direct;
    private final ProxySelector otherwise;

    private EnvironmentProxies(Map<String, String> proxies, List<String> direct, ProxySelector otherwise) {
        this.proxies = Map.copyOf(proxies);
        this.direct = List.copyOf(direct);
        this.otherwise = otherwise;
    }

    static ProxySelector of(Map<String, String> environment, ProxySelector otherwise) {
        Map<String, String> proxies = new HashMap<>();
        for (String scheme : List.of("https", "http")) {
            String value = value(environment, scheme + "_proxy");
            String address = value == null ? value(environment, "all_proxy") : value;
            if (address != null) {
                proxies.put(scheme, address);
            }
        }
        if (proxies.isEmpty()) {
            return otherwise;
        }
        List<String> direct = new ArrayList<>();
        String exceptions = value(environment, "no_proxy");
        if (exceptions != null) {
            for (String host : exceptions.split(",", -1)) {
                String name = host.strip().toLowerCase(Locale.ROOT);
                if (!name.isEmpty()) {
                    direct.add(
                            name.startsWith("*.") || name.startsWith(".")
                                    ? name.substring(name.indexOf('.') + 1)
                                    : name);
                }
            }
        }
        return new EnvironmentProxies(proxies, direct, otherwise);
    }

    private static @Nullable String value(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
        return value.isBlank() ? null : value.strip();
    }

    private static Proxy proxy(String name, String value) {
        URI address;
        try {
            address = URI.create(value.contains("://") ? value : "http://" + value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " must be an address such as http://proxy:3128", e);
        }
        if (address.getHost() == null || !"http".equalsIgnoreCase(address.getScheme())) {
            throw new IllegalArgumentException(
                    name + " must name an http proxy such as http://proxy:3128; other kinds are not supported");
        }
        if (address.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    name + " holds a user name; proxies that want a log-in are not supported: use one that does not");
        }
        int port = address.getPort() < 0 ? 80 : address.getPort();
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.getHost(), port));
    }

    @Override
    public List<Proxy> select(URI address) {
        String scheme = address.getScheme().toLowerCase(Locale.ROOT);
        String proxy = proxies.get(scheme);
        if (proxy == null) {
            return otherwise.select(address);
        }
        return isDirect(address.getHost().toLowerCase(Locale.ROOT), port(address, scheme))
                ? List.of(Proxy.NO_PROXY)
                : List.of(proxy(scheme + "_proxy", proxy));
    }

    private static int port(URI address, String scheme) {
        return address.getPort() < 0 ? DEFAULT_PORTS.getOrDefault(scheme, 0) : address.getPort();
    }

    private boolean isDirect(String host, int port) {
        for (String name : direct) {
            if (name.equals("*") || matches(host, name) || matches(host + ":" + port, name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String host, String name) {
        return host.equals(name) || host.endsWith("." + name);
    }

    /** The client reports the failure itself. */
    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException failure) {}
}
