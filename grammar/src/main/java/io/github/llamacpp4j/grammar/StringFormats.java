package io.github.llamacpp4j.grammar;

import java.util.Map;
import java.util.Optional;

/**
 * The string formats that are enforced, each as a set of texts that every validator accepts: {@code date},
 * {@code time} and {@code date-time} of RFC 3339 in upper case without leap seconds, {@code uuid}, {@code email} with an
 * unquoted local part and a domain name under a common or national top-level domain, {@code ipv4}, {@code hostname}, {@code ipv6} in eight groups, and {@code uri}
 * with a scheme, {@code ://} and a host name.
 */
final class StringFormats {
    private static final String LEAP = "(0[48]|[2468][048]|[13579][26])";
    private static final String YEAR = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])";
    private static final String DATE = "(" + YEAR
            + "-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
            + "|([0-9]{2}" + LEAP + "|" + LEAP + "00)-02-29)";
    private static final String TIME =
            "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?";
    private static final String HOST = LABEL + "(\\." + LABEL + "){0,5}";
    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}";
    private static final String TOP_LEVEL =
            "(com|org|net|edu|gov|mil|int|info|biz|name|pro|app|dev|cloud|online|tech|a[c-gilmoq-uwxz]|b[abd-jmnorstvwyz]"
                    + "|c[acdf-ik-oruvw-z]|d[ejkmoz]|e[ceghr-u]|f[ijkmor]|g[abd-ilmnp-uwy]|h[kmnrtu]|i[del-oq-t]|j[emop]"
                    + "|k[eghimnprwyz]|l[abcikr-vy]|m[acdeghk-z]|n[acefgilopruz]|om|p[ae-hk-nrstwy]|qa|r[eosuw]|s[abcdeg-jk-ortuvxyz]"
                    + "|t[cdfghjk-ortvwz]|u[agksyz]|v[aceginu]|w[fs]|y[et]|z[amw])";
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String URI_CHARACTER = "([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";

    private static final Map<String, String> PATTERNS = Map.of(
            "date",
            DATE,
            "time",
            TIME,
            "date-time",
            DATE + "T" + TIME,
            "uuid",
            "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
            "email",
            ATOM + "(\\." + ATOM + "){0,2}@(" + LABEL + "\\.){1,4}" + TOP_LEVEL,
            "ipv4",
            BYTE + "(\\." + BYTE + "){3}",
            "ipv6",
            "[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){7}",
            "hostname",
            HOST,
            "uri",
            "[A-Za-z][A-Za-z0-9+.-]{0,20}://" + HOST + "(:[1-9][0-9]{0,3})?(/" + URI_CHARACTER + "*)*(\\?("
                    + URI_CHARACTER + "|[/?])*)?(#(" + URI_CHARACTER + "|[/?])*)?");

    private StringFormats() {}

    /** {@return the texts of a format, or empty if the format is not enforced} */
    static Optional<Dfa> find(String name) {
        String pattern = PATTERNS.get(name);
        return pattern == null
                ? Optional.empty()
                : Optional.of(RegexCompiler.compile(pattern, true, Regex.Reading.NARROW, GrammarLimits.defaults()));
    }
}
