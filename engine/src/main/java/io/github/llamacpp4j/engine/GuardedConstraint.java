package io.github.llamacpp4j.engine;

import java.util.function.Supplier;

/** A constraint that callers brought along: whatever it does wrong is a {@link ConstraintFailedException}. */
final class GuardedConstraint implements TokenConstraint {

    private final TokenConstraint constraint;
    private final int vocabularySize;

    GuardedConstraint(TokenConstraint constraint, int vocabularySize) {
        this.constraint = constraint;
        this.vocabularySize = vocabularySize;
    }

    @Override
    public boolean accepts(int token) {
        return guard(() -> constraint.accepts(token));
    }

    @Override
    public void accept(int token) {
        guard(() -> {
            constraint.accept(token);
            return token;
        });
    }

    @Override
    public long[] mask() {
        return guard(() -> requireWords(constraint.mask()));
    }

    @Override
    public int[] forcedTokens() {
        return guard(() -> requireTokens(constraint.forcedTokens()));
    }

    @Override
    public void rollback(int tokens) {
        guard(() -> {
            constraint.rollback(tokens);
            return tokens;
        });
    }

    @Override
    public boolean mayEnd() {
        return guard(constraint::mayEnd);
    }

    private long[] requireWords(long[] mask) {
        int words = (vocabularySize + Long.SIZE - 1) / Long.SIZE;
        if (mask.length < words) {
            throw new IllegalArgumentException(
                    "mask: expected " + words + " words for " + vocabularySize + " tokens, got " + mask.length);
        }
        return mask;
    }

    private int[] requireTokens(int[] tokens) {
        for (int token : tokens) {
            if (token < 0 || token >= vocabularySize) {
                throw new IllegalArgumentException(
                        "forced tokens: expected ids of 0 to " + (vocabularySize - 1) + ", got " + token);
            }
        }
        return tokens;
    }

    private static <T> T guard(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw new ConstraintFailedException(e);
        }
    }
}
