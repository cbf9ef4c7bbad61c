"""A program of its own that lets pyreadstat read one file: damaged bytes can crash its C code, and only this.

Standard input is a line of JSON with the wishes, then the file; standard output is JSON. It imports nothing of
this package, so that it starts quickly.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings
from typing import Any

PLAIN = (
    "column_names",
    "column_labels",
    "file_encoding",
    "number_rows",
    "number_columns",
    "original_variable_types",
    "readstat_variable_types",
    "variable_storage_width",
    "missing_ranges",
)
"""Attributes of pyreadstat's metadata that are handed on as they are."""


def main() -> int:
    """Read one file; 0 also for a file that cannot be read, with the error in the answer."""
    wishes = json.loads(sys.stdin.buffer.readline())
    limit_memory(wishes["memory"])
    warnings.simplefilter("ignore")
    try:
        answer = read(sys.stdin.buffer.read(), wishes)
    except Exception as error:  # pyreadstat raises its own error, ValueError, OverflowError and others
        answer = {"error": f"{type(error).__name__}: {error}"}
    json.dump(answer, sys.stdout)
    return 0


def limit_memory(number: int) -> None:
    """Let a file that asks for too much fail here, where the system can set a limit."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (number, number))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(content: bytes, wishes: dict[str, Any]) -> dict[str, Any]:
    """Give what the file says and, where it is not too large, its columns."""
    import pyreadstat

    parse = pyreadstat.read_sav if wishes["kind"] == "SPSS" else pyreadstat.read_dta
    options = {"encoding": wishes["encoding"], "output_format": "dict", "disable_datetime_conversion": True}
    about = described(parse(io.BytesIO(content), metadataonly=True, **options)[1])
    widths = sum(int(width or 8) for width in about["variable_storage_width"].values())
    at_most = min(wishes["bytes"] // max(widths, 1), wishes["cells"] // max(about["number_columns"] or 1, 1))
    if (about["number_rows"] or 0) > at_most:
        return {"about": about, "columns": None}
    table, found = parse(io.BytesIO(content), user_missing=True, row_limit=at_most + 1, **options)
    columns = [list(table[name]) for name in found.column_names]
    if columns and len(columns[0]) > at_most:
        return {"about": about, "columns": None}
    return {"about": described(found), "columns": columns}


def described(found: Any) -> dict[str, Any]:  # noqa: ANN401
    """Give the metadata as JSON can hold it: value labels as pairs, because their keys are numbers."""
    about = {name: getattr(found, name) for name in PLAIN}
    labels = {name: list(pairs.items()) for name, pairs in found.variable_value_labels.items()}
    return {**about, "variable_value_labels": labels}


if __name__ == "__main__":
    sys.exit(main())
