package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptTest {

    private static final int MOST = 3;
    private static final int VOCABULARY = 100;

    private static List<Prompt> read(String json) {
        Value value = new Value(TestExchange.of("{'input':" + json + '}').body().get("input"), "input");
        return Prompt.list(value, MOST, VOCABULARY);
    }

    @Test
    void textsAndTokensMayBeMixed() {
        assertThat(read("'cat'")).containsExactly(new Prompt.Text("cat"));
        assertThat(read("[0,99]")).containsExactly(new Prompt.Tokens(List.of(0, 99)));
        assertThat(read("['',[1],'1']"))
                .containsExactly(new Prompt.Text(""), new Prompt.Tokens(List.of(1)), new Prompt.Text("1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]               | input: expected 1 to 3 elements, found 0",
                "1                | input: expected a text, token ids, or an array of either, found the number 1",
                "{}               | input: expected a text, token ids, or an array of either, found an object",
                "[[]]             | input[0]: expected 1 to 1048576 elements, found 0",
                "[[1],[]]         | input[1]: expected 1 to 1048576 elements, found 0",
                "[100]            | input[0]: expected a whole number from 0 to 99, found the number 100",
                "[1,-1]           | input[1]: expected a whole number from 0 to 99, found the number -1",
                "[[1],[2,3.5]]    | input[1][1]: expected a whole number from 0 to 99, found the number 3.5",
                "[[2147483648]]   | input[0][0]: expected a whole number from 0 to 99, found the number 2147483648",
                "[4294967296]     | input[0]: expected a whole number from 0 to 99, found the number 4294967296",
                "[1e300]          | input[0]: expected a whole number from 0 to 99, found the number 1.0E300",
                "[99999999999999999999] | input[0]: expected a whole number from 0 to 99, found the number 99999999999999999999",
                "[1,\"a\"]        | input[1]: expected a whole number from 0 to 99, found the string \"a\"",
                "[1,null]         | input[1]: expected a whole number from 0 to 99, found null",
                "[[true]]         | input[0][0]: expected a whole number from 0 to 99, found true",
                "[\"a\",1]        | input[1]: expected a text or token ids, found the number 1",
                "[null]           | input[0]: expected a text or token ids, found null",
                "[{}]             | input[0]: expected a text or token ids, found an object",
                "[[[1]]]          | input[0][0]: expected a whole number from 0 to 99, found an array",
                "[[1],[2],[3],[4]] | input: expected 1 to 3 elements, found 4",
            })
    void anythingElseIsRefusedByPlace(String json, String message) {
        assertThatThrownBy(() -> read(json)).isInstanceOfSatisfying(ApiException.class, refused -> {
            assertThat(refused.text()).isEqualTo(message);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.param()).contains(message.substring(0, message.indexOf(':')));
        });
    }

    @Test
    void moreTokensThanAnyModelTakesAreRefused() {
        String tokens = IntStream.rangeClosed(0, Prompt.MOST_TOKENS)
                .mapToObj(i -> "1")
                .collect(Collectors.joining(",", "[", "]"));
        assertThatThrownBy(() -> read(tokens))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("expected 1 to 1048576 elements, found 1048577");
    }
}
