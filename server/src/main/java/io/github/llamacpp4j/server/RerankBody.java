package io.github.llamacpp4j.server;

import java.util.ArrayList;
import java.util.List;

/** The body of a request to {@code /v1/rerank}, while and after it is read. Used by one thread. */
final class RerankBody extends ApiBody {

    private static final int MOST_DOCUMENTS = 4096;

    private final List<String> documents = new ArrayList<>();
    private String query = "";
    private int top = Integer.MAX_VALUE;
    private boolean returnsDocuments;

    RerankBody(Exchange exchange) {
        super(exchange);
    }

    /** All fields, with the limits of a server. */
    static FieldTable<RerankBody> table(ServerOptions options) {
        return FieldTable.of(
                ApiBody.fields(),
                List.of(
                        Field.<RerankBody>text(
                                        "query",
                                        options.maxBodyBytes(),
                                        "What is searched for.",
                                        (body, value) -> body.query = value)
                                .required(),
                        Field.<RerankBody>of(
                                        "documents",
                                        Schemas.array(
                                                Schemas.anyOf(
                                                        Schemas.type("string"),
                                                        Schemas.object(Schemas.member("text", Schemas.type("string")))),
                                                1,
                                                MOST_DOCUMENTS),
                                        "Texts, or objects with a `text`, up to " + MOST_DOCUMENTS + ".",
                                        RerankBody::readDocuments)
                                .required(),
                        Field.<RerankBody>integer(
                                "top_n",
                                1,
                                Integer.MAX_VALUE,
                                "How many to return, the best first. Default all.",
                                (body, value) -> body.top = (int) value),
                        Field.<RerankBody>flag(
                                "return_documents",
                                "Whether the answer repeats the texts. Default false.",
                                (body, value) -> body.returnsDocuments = value)));
    }

    private static void readDocuments(Value value, RerankBody body) {
        for (Value item : value.items(1, MOST_DOCUMENTS)) {
            body.documents.add((item.node().isObject() ? item.member("text") : item).text());
        }
    }

    String query() {
        return query;
    }

    List<String> documents() {
        return documents;
    }

    /** How many documents to return. */
    int top() {
        return top;
    }

    /** Whether the answer repeats the documents. */
    boolean returnsDocuments() {
        return returnsDocuments;
    }
}
