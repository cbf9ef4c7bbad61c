"""The kinds of comparison, by which tables, reports and figures know them."""

CHANGE, DIFFERENCE, LEVEL = "change", "difference", "level"
BETWEEN_ARMS = frozenset({DIFFERENCE, LEVEL})
