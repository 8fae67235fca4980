package io.github.llamacpp4j.server;

import java.util.List;

/** What all bodies have in common, while and after they are read. Used by one thread. */
class ApiBody {

    private static final int LONGEST_NAME = 512;

    private final Exchange exchange;
    private String model = "";

    ApiBody(Exchange exchange) {
        this.exchange = exchange;
    }

    /** The fields that every body may have. */
    static List<Field<ApiBody>> fields() {
        return List.of(
                Field.text(
                        "model",
                        LONGEST_NAME,
                        "The one model that is served answers, whatever is named here; with `--strict` another name is"
                                + " answered by 404 `model_not_found`.",
                        (body, value) -> body.model = value),
                Field.<ApiBody>text(
                                "user",
                                LONGEST_NAME,
                                "Would name an end user in reports of abuse; the engine is shared by API key.",
                                (body, value) -> {})
                        .withoutEffect());
    }

    Exchange exchange() {
        return exchange;
    }

    /** Refuses a request for another model if the exchange is strict. */
    void requireModel(ServedModel served) {
        if (exchange.strict() && !model.isEmpty()) {
            served.requireName(model);
        }
    }
}
