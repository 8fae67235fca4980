package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.StrBuilder;

/** Statements in a row; knows where each is, for errors. */
final class BodyNode extends StmtNode {
    private final StmtNode[] statements;
    private final int[] offsets;

    BodyNode(StmtNode[] statements, int[] offsets) {
        this.statements = statements;
        this.offsets = offsets;
    }

    @Override
    Outcome run(Activation a, StrBuilder out) {
        a.env.budget().steps(statements.length);
        for (int i = 0; i < statements.length; i++) {
            Outcome outcome;
            try {
                outcome = statements[i].run(a, out);
            } catch (PyError e) {
                throw e.at(offsets[i]);
            }
            if (outcome != Outcome.NEXT) {
                return outcome;
            }
        }
        return Outcome.NEXT;
    }
}
