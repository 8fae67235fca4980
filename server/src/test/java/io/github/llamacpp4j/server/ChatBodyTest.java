package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.llamacpp4j.ChatOptions;
import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ToolChoice;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.Mirostat;
import io.github.llamacpp4j.engine.SamplingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatBodyTest {

    private static final FieldTable<ChatBody> FIELDS = ChatFields.table(ServerOptions.defaults());
    private static final String HELLO = "'messages':[{'role':'user','content':'Hello'}]";
    private static final String TOOL =
            "'tools':[{'type':'function','function':{'name':'f','parameters':{'type':'object'}}}]";

    private static ChatBody read(String members) {
        return ChatBody.read(
                FIELDS,
                TestExchange.of("{" + HELLO + (members.isEmpty() ? "" : "," + members) + "}"),
                TestExchange.tokens(),
                GenerationOptions.defaults());
    }

    private static ApiException refusal(String members) {
        return catchThrowableOfType(ApiException.class, () -> read(members));
    }

    @Test
    void nothingButMessagesMeansTheDefaults() {
        ChatBody body = read("");
        assertThat(body.options().generation().sampling()).isEqualTo(SamplingOptions.defaults());
        assertThat(body.choices()).isEqualTo(1);
        assertThat(body.stream()).isFalse();
        assertThat(body.reportedLogprobs()).isEmpty();
        assertThat(body.messages())
                .singleElement()
                .satisfies(message -> assertThat(message.text()).isEqualTo("Hello"));
    }

    @Test
    void everySamplingFieldReachesItsSetting() {
        SamplingOptions sampling = read("'temperature':0,'top_p':0.5,'top_k':-1,'min_p':0.1,'typical_p':0.9,'seed':7,"
                        + "'frequency_penalty':1,'presence_penalty':-1,'repeat_penalty':1.5,'repeat_last_n':-1,"
                        + "'dry_multiplier':1,'dry_base':2,'dry_allowed_length':3,'dry_penalty_last_n':9,"
                        + "'dry_sequence_breakers':['x'],'xtc_probability':0.2,'xtc_threshold':0.3,'mirostat':2,"
                        + "'mirostat_tau':4,'mirostat_eta':0.2,'top_n_sigma':1,'min_keep':2,'dynatemp_range':0.5,"
                        + "'dynatemp_exponent':2,'samplers':['top_k','temperature']")
                .options()
                .generation()
                .sampling();
        assertThat(sampling.temperature()).isZero();
        assertThat(sampling.topP()).isEqualTo(0.5f);
        assertThat(sampling.topK()).isZero();
        assertThat(sampling.minP()).isEqualTo(0.1f);
        assertThat(sampling.typicalP()).isEqualTo(0.9f);
        assertThat(sampling.seed()).hasValue(7);
        assertThat(sampling.frequencyPenalty()).isEqualTo(1f);
        assertThat(sampling.presencePenalty()).isEqualTo(-1f);
        assertThat(sampling.repeatPenalty()).isEqualTo(1.5f);
        assertThat(sampling.penaltyLastTokens()).isEqualTo(512);
        assertThat(sampling.dryMultiplier()).isEqualTo(1f);
        assertThat(sampling.dryBase()).isEqualTo(2f);
        assertThat(sampling.dryAllowedLength()).isEqualTo(3);
        assertThat(sampling.dryLastTokens()).isEqualTo(9);
        assertThat(sampling.drySequenceBreakers()).containsExactly("x");
        assertThat(sampling.xtcProbability()).isEqualTo(0.2f);
        assertThat(sampling.xtcThreshold()).isEqualTo(0.3f);
        assertThat(sampling.mirostat()).isEqualTo(Mirostat.V2);
        assertThat(sampling.mirostatTau()).isEqualTo(4f);
        assertThat(sampling.mirostatEta()).isEqualTo(0.2f);
        assertThat(sampling.topNSigma()).isEqualTo(1f);
        assertThat(sampling.minKeep()).isEqualTo(2);
        assertThat(sampling.dynamicTemperatureRange()).isEqualTo(0.5f);
        assertThat(sampling.dynamicTemperatureExponent()).isEqualTo(2f);
        assertThat(sampling.order().samplers()).hasSize(2);
    }

    @Test
    void otherFieldsReachTheRequest() {
        ChatBody body = read("'n':3,'stop':['a','b'],'max_completion_tokens':5,'cache_prompt':false,'ignore_eos':true,"
                + "'logprobs':true,'top_logprobs':4,'stream':true,'stream_options':{'include_usage':true},"
                + "'timings_per_token':true,'parallel_tool_calls':false," + TOOL + ",'tool_choice':'required'");
        ChatOptions options = body.options();
        EngineRequest request = options.generation().request(1);
        assertThat(body.choices()).isEqualTo(3);
        assertThat(body.stream() && body.includeUsage() && body.timingsPerToken())
                .isTrue();
        assertThat(body.parallelToolCalls()).isFalse();
        assertThat(request.stopTexts()).containsExactly("a", "b");
        assertThat(request.maxTokens()).hasValue(5);
        assertThat(request.prefixCache()).isFalse();
        assertThat(request.ignoreEndOfGeneration()).isTrue();
        assertThat(request.logprobs()).hasValue(4);
        assertThat(options.toolChoice()).isEqualTo(ToolChoice.required());
        assertThat(options.template().tools()).hasSize(1);
    }

    @Test
    void whatARequestSaysGoesBeforeTheServersDefaults() {
        GenerationOptions defaults = GenerationOptions.builder()
                .maxTokens(7)
                .temperature(0.3)
                .topK(5)
                .stop("x")
                .build();
        TestExchange silent = TestExchange.of("{" + HELLO + "}");
        GenerationOptions kept = ChatBody.read(FIELDS, silent, TestExchange.tokens(), defaults)
                .options()
                .generation();
        assertThat(kept.sampling()).isEqualTo(defaults.sampling());
        assertThat(kept.request(1).maxTokens()).hasValue(7);
        assertThat(kept.request(1).stopTexts()).containsExactly("x");
        TestExchange outspoken = TestExchange.of("{" + HELLO + ",'n_predict':9,'temperature':1,'stop':[]}");
        GenerationOptions changed = ChatBody.read(FIELDS, outspoken, TestExchange.tokens(), defaults)
                .options()
                .generation();
        assertThat(changed.request(1).maxTokens()).hasValue(9);
        assertThat(changed.request(1).stopTexts()).isEmpty();
        assertThat(changed.sampling().temperature()).isEqualTo(1f);
        assertThat(changed.sampling().topK()).isEqualTo(5);
        TestExchange unlimited = TestExchange.of("{" + HELLO + ",'max_tokens':-1}");
        assertThat(ChatBody.read(FIELDS, unlimited, TestExchange.tokens(), defaults)
                        .options()
                        .generation()
                        .request(1)
                        .maxTokens())
                .isEmpty();
    }

    @Test
    void someToolsCanBeAllowed() {
        String tools =
                "'tools':[{'type':'function','function':{'name':'f'}},{'type':'function','function':{'name':'g'}}]";
        String choice = "'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'%s','tools':"
                + "[{'type':'function','function':{'name':'%s'}}]}},";
        ChatOptions options = read(choice.formatted("required", "g") + tools).options();
        assertThat(options.toolChoice()).isEqualTo(ToolChoice.required());
        assertThat(options.template().tools())
                .singleElement()
                .satisfies(tool -> assertThat(tool.name()).isEqualTo("g"));
        assertThat(refusal(choice.formatted("auto", "h") + tools).param()).hasValue("tool_choice.allowed_tools.tools");
        assertThat(refusal(choice.formatted("often", "g") + tools).param()).hasValue("tool_choice.allowed_tools.mode");
        String mode = "'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':['none']}},";
        assertThat(refusal(mode + tools).param()).hasValue("tool_choice.allowed_tools.tools[0]");
    }

    @Test
    void whatTheAssistantRefusedIsWhatItSaid() {
        TestExchange exchange = TestExchange.of("{'messages':[{'role':'assistant','content':null,'refusal':'No.'},"
                + "{'role':'assistant','content':[{'type':'refusal','refusal':'Never.'}]},"
                + "{'role':'user','content':'Please'}]}");
        ChatBody body = ChatBody.read(FIELDS, exchange, TestExchange.tokens(), GenerationOptions.defaults());
        assertThat(body.messages()).extracting(ChatMessage::text).containsExactly("No.", "Never.", "Please");
    }

    @Test
    void negativeNumbersMeanNoLimitAndARandomSeed() {
        ChatOptions options = read("'max_tokens':-1,'seed':-1").options();
        assertThat(options.generation().request(1).maxTokens()).isEmpty();
        assertThat(options.generation().sampling().seed()).isEmpty();
    }

    @Test
    void logitBiasComesAsObjectOrPairs() {
        assertThat(read("'logit_bias':{'5':-100}")
                        .options()
                        .generation()
                        .sampling()
                        .logitBias())
                .singleElement()
                .satisfies(bias -> assertThat(bias.bias()).isEqualTo(-100f));
        assertThat(read("'logit_bias':[[5,false],['ab',1.5]]")
                        .options()
                        .generation()
                        .sampling()
                        .logitBias())
                .hasSize(3)
                .first()
                .satisfies(bias -> assertThat(bias.bias()).isEqualTo(Float.NEGATIVE_INFINITY));
    }

    @Test
    void nullMeansAbsent() {
        assertThat(read("'temperature':null,'tools':null,'store':null,'audio':null")
                        .options()
                        .generation()
                        .sampling())
                .isEqualTo(SamplingOptions.defaults());
    }

    @Test
    void thinkingAndVariablesReachTheTemplate() {
        ChatOptions options = read("'reasoning_effort':'none','chat_template_kwargs':{'x':[1,2.5]}")
                .options();
        assertThat(options.template().enableThinking()).hasValue(false);
        assertThat(options.template().reasoningEffort()).hasValue("none");
        assertThat(options.template().variables()).containsKey("x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "'temperature':'hot'; temperature",
                "'temperature':101; temperature",
                "'temperature':1e999; temperature",
                "'n':0; n",
                "'n':1.5; n",
                "'n':1e999999999; n",
                "'n':99999999999999999999; n",
                "'seed':99999999999999999999; seed",
                "'stop':['a',1]; stop[1]",
                "'stop':''; stop",
                "'stream':'yes'; stream",
                "'stream_options':[]; stream_options",
                "'stream_options':{'include_usage':1}; stream_options.include_usage",
                "'stream_options':{'include_obfuscation':true}; stream_options.include_obfuscation",
                "'logit_bias':{'5':'x'}; logit_bias.5",
                "'logit_bias':{'1000':1}; logit_bias.1000",
                "'logit_bias':[[5]]; logit_bias[0]",
                "'logit_bias':[[5,true]]; logit_bias[0][1]",
                "'top_logprobs':3; top_logprobs",
                "'tools':[{'type':'custom'}]; tools[0].type",
                "'tools':[{'type':'function','function':{}}]; tools[0].function.name",
                "'tools':[{'type':'function','function':{'name':'f','strict':'yes'}}]; tools[0].function.strict",
                "'tool_choice':'required'; tool_choice",
                "'tool_choice':'maybe'; tool_choice",
                "'response_format':{}; response_format.type",
                "'response_format':{'type':'xml'}; response_format.type",
                "'response_format':{'type':'json_schema'}; response_format.json_schema",
                "'response_format':{'type':'json_schema','json_schema':{'schema':1}}; response_format.json_schema.schema",
                "'response_format':{'type':'json_schema','json_schema':{'name':1,'schema':{}}};"
                        + "response_format.json_schema.name",
                "'response_format':{'type':'json_schema','json_schema':{'description':1,'schema':{}}};"
                        + "response_format.json_schema.description",
                "'response_format':{'type':'json_schema','json_schema':{'strict':1,'schema':{}}};"
                        + "response_format.json_schema.strict",
                "'grammar':'root ::= [a]','json_schema':{}; json_schema",
                "'reasoning_effort':'huge'; reasoning_effort",
                "'metadata':{'a':1}; metadata.a",
                "'samplers':['nonsense']; samplers",
                "'max_tokens':1048577; max_tokens",
            })
    void wrongTypesAndRangesNameTheirField(String members, String param) {
        ApiException error = refusal(members);
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.param()).hasValue(param);
        assertThat(error.text()).contains(param);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'audio':{}",
                "'store':true",
                "'prediction':{}",
                "'web_search_options':{}",
                "'service_tier':'flex'",
                "'modalities':['text','audio']",
                "'functions':[]",
                "'function_call':'auto'",
                "'verbosity':'low'",
                "'prompt_cache_retention':'24h'",
            })
    void whatCannotBeDoneIsRefusedByName(String member) {
        ApiException error = refusal(member);
        assertThat(error.code()).hasValue("unsupported_parameter");
        assertThat(error.text()).contains("'" + error.param().orElseThrow() + "' is not supported: ");
    }

    @Test
    void whatIsDoneAnywayIsNotRefused() {
        assertThat(read("'store':false,'service_tier':'auto','modalities':['text'],'verbosity':'medium'")
                        .choices())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'role':'user','content':'x','name':1}; name",
                "{'role':'assistant','content':'x','refusal':1}; refusal",
                "{'role':'assistant','refusal':[]}; refusal",
                "{'role':'tool','content':'x','tool_call_id':1}; tool_call_id",
                "{'role':'user','content':1}; content",
                "{'role':1,'content':'x'}; role",
            })
    void aWrongTypeInAMessageIsRefusedWhereItStands(String message, String member) {
        TestExchange exchange = TestExchange.of("{'messages':[{'role':'user','content':'x'}," + message + "]}");
        ApiException error = catchThrowableOfType(
                ApiException.class,
                () -> ChatBody.read(FIELDS, exchange, TestExchange.tokens(), GenerationOptions.defaults()));
        assertThat(error.param()).hasValue("messages[1]." + member);
    }

    @ParameterizedTest
    @ValueSource(strings = {"image_url", "input_audio"})
    void mediaAreRefusedWhereTheyStand(String type) {
        String part = type.equals("image_url") ? "'image_url':{'url':'x'}" : "'input_audio':{'data':'','format':'wav'}";
        TestExchange exchange =
                TestExchange.of("{'messages':[{'role':'user','content':[{'type':'" + type + "'," + part + "}]}]}");
        assertThatThrownBy(() -> ChatBody.read(FIELDS, exchange, TestExchange.tokens(), GenerationOptions.defaults()))
                .isInstanceOfSatisfying(
                        ApiException.class, error -> assertThat(error.param()).hasValue("messages[0].content[0]"));
    }

    @Test
    void messagesMustBeThere() {
        assertThatThrownBy(() -> ChatBody.read(
                        FIELDS, TestExchange.of("{}"), TestExchange.tokens(), GenerationOptions.defaults()))
                .isInstanceOfSatisfying(
                        ApiException.class, error -> assertThat(error.code()).hasValue("missing_required_parameter"));
    }

    @Test
    void unknownFieldsAreWarningsOrErrors() {
        TestExchange lenient = TestExchange.of("{" + HELLO + ",'foo':1,'stream_options':{'bar':1}}");
        ChatBody.read(FIELDS, lenient, TestExchange.tokens(), GenerationOptions.defaults());
        assertThat(lenient.warnings())
                .containsExactlyInAnyOrder("unknown field ignored: foo", "unknown field ignored: stream_options.bar");
        assertThatThrownBy(() -> ChatBody.read(
                        FIELDS,
                        TestExchange.strict("{" + HELLO + ",'foo':1}"),
                        TestExchange.tokens(),
                        GenerationOptions.defaults()))
                .isInstanceOfSatisfying(
                        ApiException.class, error -> assertThat(error.param()).hasValue("foo"));
    }
}
