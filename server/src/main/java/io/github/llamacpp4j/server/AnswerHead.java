package io.github.llamacpp4j.server;

import tools.jackson.core.JsonGenerator;

/**
 * What an answer says of itself, in every chunk alike.
 *
 * @param id names the answer
 * @param object what each chunk says it is
 * @param created when it began, in seconds since 1970
 * @param model who answers
 * @param fingerprint tells one setting of the model from another
 */
record AnswerHead(String id, String object, long created, String model, String fingerprint) {

    /** The head of an answer that begins now. */
    static AnswerHead of(String id, String object, ServedModel model) {
        return new AnswerHead(id, object, System.currentTimeMillis() / 1000, model.id(), model.fingerprint());
    }

    /** Writes it into the object that is being written. */
    void write(JsonGenerator json) {
        json.writeStringProperty("id", id);
        json.writeStringProperty("object", object);
        json.writeNumberProperty("created", created);
        json.writeStringProperty("model", model);
        json.writeStringProperty("system_fingerprint", fingerprint);
    }
}
