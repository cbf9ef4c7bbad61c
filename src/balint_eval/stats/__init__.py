"""Statistics of few and small groups: pure functions of arrays, each returning `Result` rows."""
