package io.github.llamacpp4j.chat;

/** What was unusual about a model's answer. An answer without flags followed its template's syntax to the end. */
public enum OutputFlag {
    /** The answer ended inside the reasoning. */
    UNFINISHED_REASONING,
    /** The answer ended inside a tool call: the call is marked incomplete, or its raw text is part of the text. */
    UNFINISHED_TOOL_CALL,
    /** The answer asked for a tool that was not offered; the raw text of the call is part of the text. */
    UNKNOWN_TOOL,
    /** Something began like a tool call but was not one; its raw text is part of the text. */
    MALFORMED_TOOL_CALL,
    /** The answer did not follow the template's message headers; it was taken as text. */
    UNEXPECTED_FORMAT,
    /** A call came without arguments to a tool that requires none; an empty object stands for them. */
    IMPLIED_ARGUMENTS,
    /** An argument was written as a Python literal where JSON was expected and was translated. */
    TRANSLATED_ARGUMENTS,
    /** A text argument holds quotes that were not escaped; where it ends was told from what follows. */
    UNESCAPED_QUOTES
}
