"""Remarks on how files were read, and on people found again, that `check` and `run` say in their reader's language."""

from __future__ import annotations

from balint_eval.language.speech import marked

FILE_MOULDS = (
    marked("Read as a {platform} export with one header row, as declared"),
    marked("Read as a {platform} export with two header rows, as declared"),
    marked("Read as a {platform} export with three header rows, as declared"),
    marked("Recognised as a {platform} export with one header row"),
    marked("Recognised as a {platform} export with two header rows"),
    marked("Recognised as a {platform} export with three header rows"),
    marked("Of {all} responses: {reasons}"),
    *(marked("{n} response preview"), marked("{n} responses preview")),
    *(marked("{n} response unfinished"), marked("{n} responses unfinished")),
    *(marked("{n} response test"), marked("{n} responses test")),
    *(marked("{n} response spam"), marked("{n} responses spam")),
    *(marked("Read as an SPSS file"), marked("Read as a Stata file"), marked("Read as a Parquet file")),
    *(marked("rows are its cases, counted from 1"), marked("the names count as row 1, as in a CSV file")),
    *(marked("Values the file declares as missing count as no answer, {n} cell: {codes}"),),
    *(marked("Values the file declares as missing count as no answer, {n} cells: {codes}"),),
    *(marked("Dates and times given in ISO form in column {columns}"),),
    *(marked("Dates and times given in ISO form, to the second, in column {columns}"),),
    *(marked("Times with a time zone, which the file keeps in UTC, stand in column {columns}"),),
    *(marked("Numbers longer than 15 digits, of which the file may have lost the end, stand in column {columns}"),),
    marked("Numbers with more digits than their type holds, of which the end may be lost, stand in column {columns}"),
    marked("The byte order mark of {encoding} was stripped"),
    *(marked("{n} blank row left out: {rows}"), marked("{n} blank rows left out: {rows}")),
    *(marked("Dates and times given in ISO form: {n} cells in column {columns}"),),
    *(marked("Dates and times given in ISO form: {n} cell in column {columns}"),),
    marked("{n} column looks like what tells who a person is ({columns}); not carried on"),
    marked("{n} columns look like what tells who a person is ({columns}); not carried on"),
    marked("Export without them: what is not in the file cannot be lost"),
    marked("in the column {column}, which is the day and which the month is not said for {n} date"),
    marked("in the column {column}, which is the day and which the month is not said for {n} dates"),
    marked(
        "No result rests on these dates; to use them, set date_format: day_first or date_format: month_first, as the "
        "form wrote them"
    ),
    marked(
        "No result rests on these dates; to use them, set date_format: {order} ({example} in row {row} can only be "
        "read so)"
    ),
    marked(
        "{n} cells hold -99 or -999, Qualtrics' codes of a question seen and not answered: see the key missing_codes"
    ),
    marked(
        "{instrument}: {n} answer matched a declared answer after tidying blanks, letters or punctuation (such as "
        "{examples})"
    ),
    marked(
        "{instrument}: {n} answers matched a declared answer after tidying blanks, letters or punctuation (such as "
        "{examples})"
    ),
    marked("{instrument}: read as whole numbers although written otherwise: {columns} (such as {examples})"),
    marked("{instrument}: decoded by the code that each label carries ({pairs}); answers: would state it"),
    marked(
        "{instrument}: without an answer are {n} cells with a declared missing code ({codes}) and {blank} blank ones"
    ),
    marked(
        "in the wave '{wave}' {n} people were linked to the baseline; {before} answered only at the baseline, {here} "
        "only here"
    ),
    marked(
        "in the wave '{wave}' {n} person was linked to the baseline; {before} answered only at the baseline, {here} "
        "only here"
    ),
    *(marked("{n} id was written in two ways and taken for one person, because {rules}"),),
    *(marked("{n} ids were written in two ways and taken for one person, because {rules}"),),
    *(marked("compatibility forms are unified (Unicode NFKC)"),),
    *(marked("Persian and Arabic-Indic digits become ASCII digits"), marked("vowel marks go")),
    *(marked("Arabic ye, kaf and the forms of alef become the Persian letters"),),
    *(marked("characters without width (ZWNJ, ZWJ, LRM, RLM, BOM, soft hyphen) go"),),
    *(marked("every kind of hyphen and dash becomes '-'"),),
    *(marked("runs of white space, no-break space included, become one blank"), marked("blanks at the ends go")),
    *(marked("capital and small letters are the same (casefold)"),),
    marked(
        "of {all} people with both dates {short} answered '{later}' within {days} day of '{earlier}', and {long} more "
        "than {years} years later"
    ),
    *(marked("{n} person gave the same answer to every item"), marked("{n} people gave the same answer to every item")),
    *(marked("{n} person gave the same answer to more than {share} of the items in a row"),),
    *(marked("{n} people gave the same answer to more than {share} of the items in a row"),),
    *(marked("such answers may have been given without reading"), marked("nothing: they stay in")),
    *(marked("a sensitivity analysis may leave them out"),),
)
"""Moulds of these remarks; `remarks.py` says how they are recognised."""
