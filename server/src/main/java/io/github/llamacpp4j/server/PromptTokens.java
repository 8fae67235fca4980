package io.github.llamacpp4j.server;

/** What the reader of a body needs to know of the model's tokens. */
interface PromptTokens {

    /** How many there are; ids run from 0 to this number exclusive. */
    int count();

    /** How many tokens one sequence can hold. */
    int contextTokens();

    /** The tokens of a text as it stands in the middle of others, without special ones. */
    int[] of(String text);

    /** The tokens of a served model, which writes text. */
    static PromptTokens of(ServedModel model) {
        int count = model.llama().tokenizer().size();
        int context = Math.min(
                model.llama().engine().limits().sequenceCells(),
                model.llama().engine().limits().cells());
        return new PromptTokens() {
            @Override
            public int count() {
                return count;
            }

            @Override
            public int contextTokens() {
                return context;
            }

            @Override
            public int[] of(String text) {
                return model.llama().tokenizer().encode(text, false, false);
            }
        };
    }
}
