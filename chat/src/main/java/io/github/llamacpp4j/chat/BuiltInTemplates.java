package io.github.llamacpp4j.chat;

import java.util.Map;
import java.util.TreeMap;

/** Templates for models that bring none. They are used only when somebody names them. */
final class BuiltInTemplates {
    private static final Map<String, String> SOURCES =
            new TreeMap<>(Map.of("chatml", """
            {%- for message in messages -%}
            {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}""", "llama3", """
            {{- bos_token -}}
            {%- for message in messages -%}
            {{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + message.content | trim + '<|eot_id|>' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}{%- endif -%}""", "zephyr", """
            {%- for message in messages -%}
            {{- '<|' + message.role + '|>\\n' + message.content + eos_token + '\\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|assistant|>\\n' -}}{%- endif -%}""", "gemma", """
            {{- bos_token -}}
            {%- for message in messages -%}
            {%- if message.role == 'system' -%}{{- raise_exception('System role not supported') -}}{%- endif -%}
            {{- '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\\n' -}}
            {{- message.content | trim + '<end_of_turn>\\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<start_of_turn>model\\n' -}}{%- endif -%}""", "hermes", """
            {%- if tools -%}
            {{- '<|im_start|>system\\n' -}}
            {%- if messages[0].role == 'system' -%}{{- messages[0].content + '\\n\\n' -}}{%- endif -%}
            {{- 'You may call functions. Their descriptions:\\n<tools>\\n' -}}
            {%- for tool in tools -%}{{- tool | tojson + '\\n' -}}{%- endfor -%}
            {{- '</tools>\\nTo call one, write its name and arguments as JSON:\\n' -}}
            {{- '<tool_call>\\n{"name": "...", "arguments": {...}}\\n</tool_call><|im_end|>\\n' -}}
            {%- endif -%}
            {%- for message in messages -%}
            {%- if message.role == 'tool' -%}
            {{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' -}}
            {%- elif not (tools and loop.first and message.role == 'system') -%}
            {{- '<|im_start|>' + message.role + '\\n' + (message.content or '') -}}
            {%- for call in message.tool_calls or [] -%}
            {{- '<tool_call>\\n{"name": ' + call.function.name | tojson -}}
            {{- ', "arguments": ' + call.function.arguments | tojson + '}\\n</tool_call>' -}}
            {%- endfor -%}
            {{- '<|im_end|>\\n' -}}
            {%- endif -%}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"""));

    private BuiltInTemplates() {}

    static String source(String name) {
        String source = SOURCES.get(name);
        if (source == null) {
            throw new ChatException("expected the name of a built-in chat template, one of "
                    + String.join(", ", SOURCES.keySet()) + ", found " + JsonTrees.quoteShort(name));
        }
        return source;
    }
}
