"""Small synthetic exports in the shape each platform writes, made for these tests."""

import csv
import io
import json


def table(rows, delimiter=",", quoting=csv.QUOTE_MINIMAL, line_end="\n", quote='"'):
    """Give rows as the text of a delimited file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end, quotechar=quote).writerows(rows)
    return text.getvalue()


# ---- LimeSurvey: byte order mark, all cells quoted, CRLF, a blank line at the end.

LIME_CODES = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"]
LIME_TEXTS = ["Response ID", "Date submitted", "Last page", "Start language", "Seed", "Date started",
    "Date last action"]  # fmt: skip
LIME_PERSIAN = ["شناسه پاسخ", "تاریخ ارسال", "آخرین صفحه", "زبان شروع", "بذر", "تاریخ شروع", "آخرین اقدام"]
LIME_QUESTIONS = [
    ("code", "", "Your code"),
    ("G01Q01", "SQ001", "How was it? [calm]"),
    ("G01Q01", "SQ002", "How was it? [useful]"),
    ("G01Q01", "SQ003", "How was it? [tiring]"),
]
LIME_PEOPLE = [
    ["1", "2026-01-02 10:09:00", "3", "en", "11", "2026-01-02 10:00:00", "2026-01-02 10:09:00", "A7", "A1", "A2", "A3"],
    ["2", "", "1", "en", "12", "2026-01-03 10:00:00", "2026-01-03 10:01:00", "B8", "A2", "", ""],
    ["4", "2026-01-04 10:09:00", "3", "fa", "13", "2026-01-04 10:00:00", "2026-01-04 10:09:00", "C9", "A5", "", "A4"],
]


def limesurvey_header(mode):
    """Give the header row of one mode: bracket, underscore, text, both, spaced or translated."""
    bracket = [code + (f"[{part}]" if part else "") for code, part, _ in LIME_QUESTIONS]
    underscore = [code + (f"_{part}" if part else "") for code, part, _ in LIME_QUESTIONS]
    texts = [text for _, _, text in LIME_QUESTIONS]
    return {
        "bracket": LIME_CODES + bracket,
        "underscore": LIME_CODES + underscore,
        "text": LIME_TEXTS + texts,
        "spaced": [text.replace(" ", "_") for text in LIME_TEXTS + texts],
        "translated": LIME_PERSIAN + texts,
        "both": [f"{a}. {b}" for a, b in zip(LIME_CODES + bracket, LIME_TEXTS + texts, strict=True)],
    }[mode]


def limesurvey(mode="bracket", people=None, delimiter=";"):
    """Give a LimeSurvey CSV export."""
    return limesurvey_table(limesurvey_header(mode), LIME_PEOPLE if people is None else people, delimiter)


def limesurvey_table(header, people, delimiter=";"):
    """Give any table as LimeSurvey writes it."""
    return ("\ufeff" + table([header, *people], delimiter, csv.QUOTE_ALL, "\r\n") + "\r\n").encode()


LIME_VARIABLES = [
    ("id", "F6.0", "Response ID", ()),
    ("submitdate", "DATETIME23.2", "Date submitted", ()),
    ("lastpage", "F2.0", "Last page", ()),
    ("startlanguage", "A2", "Start language", ()),
    ("code", "A9", 'Your "code"', ()),
    ("G01Q01_SQ001", "A2", "[calm] How was it?", (("A1", "never"), ("A2", "now and then"))),
    ("G01Q01_SQ002", "F1.0", "[useful] How was it?", (("1", 'not "really"'), ("2", "yes (very)"))),
]
LIME_BARE = [
    ["1", "02-01-2026 10:09:00", "3", "en", "A7", "A1", "2"],
    ["2", "", "1", "en", "B'8, or so", "A2", ""],
    ["4", "04-01-2026 10:09:00", "3", "fa", "two\nlines", "", "1"],
]
LIME_SPSS_DATA = table(LIME_BARE, quote="'")
LIME_R_DATA = table(LIME_BARE)
LIME_R_DATA_WITH_OTHER_HEADER = table(
    [["ID", "7X1X1", "7X1X2", "7X1X3", "7X1X4", "7X1X5SQ001", "7X1X5SQ002"], *LIME_BARE]
)
LIME_R_DATA_WITH_HEADER = table([[name.upper() for name, *_ in LIME_VARIABLES], *LIME_BARE])


def limesurvey_spss_syntax(variables=tuple(LIME_VARIABLES)):
    """Give the `.sps` file of a data file such as `LIME_SPSS_DATA`."""
    numbered = [(f"V{n}", *rest) for n, rest in enumerate(variables, start=1)]
    lines = ["SET UNICODE=ON.", "GET DATA", " /TYPE=TXT", " /FILE='survey_1_SPSS_data_file.dat'", " /DELCASE=LINE",
        ' /DELIMITERS=","', " /QUALIFIER=\"'\"", " /ARRANGEMENT=DELIMITED", " /FIRSTCASE=1", " /IMPORTCASE=ALL",
        " /VARIABLES="]  # fmt: skip
    lines += [f" {old} {'DATETIME23.2' if 'DATE' in form else form}" for old, _, form, _, _ in numbered]
    lines[-1] += "."
    lines += ["CACHE.", "EXECUTE.", "*Define Variable Properties."]
    for old, _, _, label, _ in numbered:
        doubled = label.replace('"', '""')
        lines += [f'VARIABLE LABELS {old} "{doubled[:8]}"+', f'"{doubled[8:]}".']
    lines.append("*Define Value labels.")
    for old, _, form, _, choices in numbered:
        if choices:
            shown = [f' {code if form[0] == "F" else f"{chr(34)}{code}{chr(34)}"} "{label}"' for code, label in choices]
            lines += [f"VALUE LABELS  {old}", *shown[:-1], f"{shown[-1]}."]
    lines += [f"RENAME VARIABLES ( {old} = {name} )." for old, name, *_ in numbered]
    return "\n".join([*lines, "RESTORE LOCALE.", ""])


def limesurvey_r_syntax():
    """Give the R file of `LIME_R_DATA`."""
    lines = ['data <- read.csv("survey_1_R_data_file.csv", quote = "\'\\"", na.strings=c("", "\\"\\""))', "", ""]
    for at, (name, form, label, choices) in enumerate(LIME_VARIABLES, start=1):
        kind = "numeric" if form[0] == "F" else "character"
        escaped = label.replace('"', '\\"')
        lines += [f"# LimeSurvey Field type: {form}", f"data[, {at}] <- as.{kind}(data[, {at}])",
            f'attributes(data)$variable.labels[{at}] <- "{escaped}"']  # fmt: skip
        if choices:
            levels = ",".join(code if form[0] == "F" else f'"{code}"' for code, _ in choices)
            texts = ", ".join('"' + text.replace('"', '\\"') + '"' for _, text in choices)
            lines.append(f"data[, {at}] <- factor(data[, {at}], levels=c({levels}),labels=c({texts}))")
        lines.append(f'names(data)[{at}] <- "{name}"')
    return "\n".join([*lines, ""])


# ---- KoboToolbox: semicolons, all cells quoted, a row of HXL tags where asked for.

KOBO_META = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "_tags",
    "_index"]  # fmt: skip
KOBO_NAMES = ["start", "end", "about/code", "scale/q1", "scale/q2", "scale/why", "scale/why/A", "scale/why/B"]
KOBO_LABELS = ["start", "end", "Your code", "I listen", "I am calm", "Why?", "Why?/Because A", "Why?/Because B"]
KOBO_TAGS = ["#date+start", "#date+end", "#meta+id", "", "", "", "", ""]
MOMENT = "2026-01-02T10:0{}:00.000+03:30"


def kobo_person(number, code, first, second, validation=""):
    """Give one response: the question with several answers as text and as a column an option."""
    why = [["", "", ""], ["A", "1", "0"], ["A B", "1", "1"]][number % 3]
    meta = [str(1000 + number), f"uuid-{number}", "2026-01-02T10:09:00", validation, "", "submitted_via_web", "", "",
        str(number)]  # fmt: skip
    return [MOMENT.format(number), MOMENT.format(number + 1), code, first, second, *why, *meta]


KOBO_PEOPLE = [
    kobo_person(1, "A7", "3", "4", "Approved"),
    kobo_person(2, "B8", "2", "5", "Not approved"),
    kobo_person(3, "C9", "1", "1", "On hold"),
]


def kobotoolbox(header=None, people=None, tags=False):
    """Give a KoboToolbox CSV export."""
    rows = [[*(header or KOBO_NAMES), *KOBO_META]]
    rows += [[*KOBO_TAGS, *[""] * len(KOBO_META)]] if tags else []
    return table([*rows, *(people or KOBO_PEOPLE)], ";", csv.QUOTE_ALL).encode()


# ---- SoSci Survey: LATIN-1, semicolons, variable names and a row of texts.

SOSCI_NAMES = ["CASE", "SERIAL", "REF", "QUESTNNR", "MODE", "STARTED", "CO01", "SK01_01", "SK01_02", "TIME001",
    "TIME_SUM", "LASTDATA", "FINISHED", "Q_VIEWER", "LASTPAGE", "MAXPAGE", "MISSING", "MISSREL",
    "TIME_RSI"]  # fmt: skip
SOSCI_TEXTS = ["Interview-Nummer (fortlaufend)", "Seriennummer", "Referenz", "Fragebogen", "Interview-Modus",
    "Zeitpunkt zu dem das Interview begonnen hat", "Code", "Skala: Ich höre zu", "Skala: Ich bin ruhig",
    "Verweildauer Seite 1", "Verweildauer gesamt", "Zeitpunkt der letzten Änderung", "Wurde die Befragung beendet?",
    "Hat der Teilnehmer den Fragebogen nur angesehen?", "Seite, die der Teilnehmer zuletzt bearbeitet hat",
    "Letzte Seite, die im Fragebogen bearbeitet wurde", "Anteil fehlender Antworten", "Gewichteter Anteil fehlender",
    "Ausfüll-Geschwindigkeit (relativ)"]  # fmt: skip


def sosci_person(case, code, first, second, mode="interview", finished="1"):
    """Give one interview."""
    return [str(case), "", "", "base", mode, "2026-01-02 10:00:00", code, first, second, "12", "12",
        "2026-01-02 10:05:00", finished, "0", "2", "2", "0", "0", "1.02"]  # fmt: skip


SOSCI_PEOPLE = [
    sosci_person(151, "Ä7", "3", "4"),
    sosci_person(152, "B8", "2", "-9", finished="0"),
    sosci_person(155, "C9", "1", "1", mode="pretest"),
    sosci_person(156, "D1", "1", "1", mode="admin"),
]


def sosci(texts=True, encoding="latin-1"):
    """Give a SoSci Survey CSV export."""
    rows = [SOSCI_NAMES, *([SOSCI_TEXTS] if texts else []), *SOSCI_PEOPLE]
    return table(rows, ";", csv.QUOTE_ALL, "\r\n").encode(encoding)


# ---- Wenjuanxing: byte order mark, Chinese names of the columns about the response.

WENJUANXING_HEADER = [
    "序号",
    "提交答卷时间",
    "所用时间",
    "来源",
    "来源详情",
    "来自IP",
    "1、您的代码",
    "2、我会倾听",
    "3、我很平静",
]
WENJUANXING = (
    "\ufeff"
    + table([
        WENJUANXING_HEADER,
        ["1", "2026/1/2 10:09:00", "62秒", "链接", "直接访问", "192.0.2.1(未知)", "A7", "3", "4"],
        ["2", "2026/1/3 10:09:00", "65秒", "链接", "直接访问", "192.0.2.1(未知)", "B8", "2", "5"],
    ])
).encode()  # fmt: skip


# ---- Qualtrics: three header rows with ImportIds as JSON or as a Python-style dict, or two in the legacy format.

QUALTRICS_META = [
    ("StartDate", "Start Date", "startDate"), ("EndDate", "End Date", "endDate"), ("Status", "Response Type", "status"),
    ("Finished", "Finished", "finished"), ("ResponseId", "Response ID", "_recordId"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
]  # fmt: skip
QUALTRICS_QUESTIONS = [
    ("Q1", "Your code", "QID1_TEXT"),
    ("Q2_1", "How? - calm", "QID2_1"),
    ("Q2_4", "How? - awake", "QID2_2"),
]
QUALTRICS_PEOPLE = [["R_1", "A7", "3", "4"], ["R_2", "B8", "2", "-99"], ["R_3", "C9", "1", "1"]]
DAY = "2026-01-02 10:00:00"


def qualtrics(people=None, style="json", meta=QUALTRICS_META, questions=QUALTRICS_QUESTIONS, delimiter=","):
    """Give a Qualtrics export with three header rows."""
    columns = [*meta, *questions]
    ids = [json.dumps({"ImportId": key}) if style == "json" else str({"ImportId": key}) for _, _, key in columns]
    rows = [[c[0] for c in columns], [c[1] for c in columns], ids]
    for number, *answers in people or QUALTRICS_PEOPLE:
        rows.append([DAY, DAY, "0", "1", number, "anonymous", *answers][-len(columns) :])
    return table(rows, delimiter)


def qualtrics_legacy(people=None):
    """Give a Qualtrics export in the legacy format: byte order mark, two header rows, a comma at the end of each."""
    texts = ["ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", "IPAddress", "Status",
        "StartDate", "EndDate", "Finished"]  # fmt: skip
    rows = [[f"V{n}" for n in range(1, 11)] + ["Q1", "Q2_1", "Q2_4", ""]]
    rows.append([*texts, "Your code", "How?-calm", "How?-awake", ""])
    for number, *answers in people or QUALTRICS_PEOPLE:
        rows.append(
            [number, "Default Response Set", "Anonymous", "", "", "192.0.2.1", "0", DAY, DAY, "1", *answers, ""]
        )
    return "\ufeff" + table(rows)


# ---- SurveyMonkey: questions over blocks of columns, options in the second row.

MONKEY_META = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name",
    "Last Name", "Custom Data 1"]  # fmt: skip
MONKEY_PEOPLE = [("11800000001", "A7"), ("11800000002", "B8"), ("11800000003", "C9")]


def surveymonkey(questions, answers):
    """Give a SurveyMonkey export: questions as (text, option) a column, text blank where it continues to the right."""
    rows = [[*MONKEY_META, *[text for text, _ in questions]], [*[""] * len(MONKEY_META), *[o for _, o in questions]]]
    for (number, code), cells in zip(MONKEY_PEOPLE, answers, strict=True):
        rows.append([number, "400000001", "01/02/2026 10:00:00 AM", "01/02/2026 10:09:00 AM", "192.0.2.1", "", "", "",
            "", code, *cells])  # fmt: skip
    return table(rows)


MONKEY_CODE = ("Your code", "Open-Ended Response")
MONKEY_CONDENSED = surveymonkey(
    [MONKEY_CODE, ("Do you<br>listen?", "Response"), ("", "Other (please specify)")],
    [["Often", ""], ["Never", ""], ["", "it depends"]],
)
MONKEY_EXPANDED = surveymonkey(
    [MONKEY_CODE, ("Do you<br>listen?", "Never"), ("", "Often"), ("", "Other (please specify)")],
    [["", "Often", ""], ["Never", "", ""], ["", "", "it depends"]],
)
MONKEY_NUMERIC = surveymonkey(
    [MONKEY_CODE, ("How? &amp; when", "calm"), ("", "awake")], [["3", "4"], ["2", "5"], ["1", "1"]]
)

# ---- Google Forms and Microsoft Forms.

GOOGLE = [("Timestamp", "2026/06/14 10:10:09 AM GMT+1"), ("Marca temporal", "14/06/2026 10:26:52 p. m. GMT-3"),
    ("مهر زمان", "2026/06/14 10:10:09"), ("Irgendein Wort", "2026/06/14 10:10:09 AM GMT+1")]  # fmt: skip


def google_forms(word, moment):
    """Give a Google Forms export: the moment first, a grid as `Question [Row]`."""
    return table([[word, "Your code", "How? [calm]"], [moment, "A7", "3"], [moment, "B8", "4"]])


def microsoft_forms(header, rows):
    """Give a Microsoft Forms workbook."""
    from openpyxl import Workbook

    book, packed = Workbook(), io.BytesIO()
    for row in [header, *rows]:
        book.active.append(row)
    book.save(packed)
    return packed.getvalue()


MS_HEADERS = {
    "English": ["ID", "Start time", "Completion time", "Email", "Name"],
    "Id": ["Id", "Start time", "Completion time", "Email", "Name"],
    "German": ["ID", "Startzeit", "Fertigstellungszeit", "E-Mail", "Name"],
    "Persian": ["شناسه", "زمان شروع", "زمان تکمیل", "رایانامه", "نام"],
    "another language": ["ID", "Alkamisaika", "Valmistumisaika", "Sähköposti", "Nimi"],
}
MS_PEOPLE = [[1, "2026-01-02 10:00:00", "2026-01-02 10:09:00", "anonymous", "", "A7", "3"],
    [2, "2026-01-02 10:00:00", "2026-01-02 10:09:00", "anonymous", "", "B8", "4"]]  # fmt: skip

# ---- REDCap: one project, raw and by labels: two forms, one of them repeated, check boxes, labels that repeat.

REDCAP_FIELDS = [
    ("code", "about", "text", "Your code", ""),
    ("year", "about", "radio", "Your <b>year</b>, please", "1, First | 2, Second, or later | 3, Third"),
    ("met", "about", "checkbox", "Met before", "1, Never | -9, Not &amp; said"),
    ("again", "about", "yesno", "Again?", ""),
    ("why_year", "about", "text", "Comments", ""),
    ("intro", "scale", "descriptive", "Please answer all", ""),
    ("q1", "scale", "radio", "I listen", "1, never | 2, often | 3, always"),
    ("why_q1", "scale", "text", "Comments", ""),
    ("q2", "scale", "dropdown", "I am calm", "1, never | 2, often | 3, always"),
    ("why_q2", "scale", "text", "Comments", ""),
]
REDCAP_HEADER = ["Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", *[f"c{n}" for n in range(12)]]  # fmt: skip
REDCAP_DICTIONARY = table([REDCAP_HEADER, *[[n, f, "", k, lab, c, *[""] * 12] for n, f, k, lab, c in REDCAP_FIELDS]])
REDCAP_RAW = [
    ["code", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "about_timestamp", "year",
     "met___1", "met____9", "again", "why_year", "about_complete", "q1", "why_q1", "q2", "why_q2", "scale_complete"],
    ["A7", "term_1_arm_1", "", "", "2026-01-02 10:00:00", "2", "1", "0", "1", "x", "2", "", "", "", "", ""],
    ["A7", "term_1_arm_1", "scale", "1", "", "", "", "", "", "", "", "3", "y", "1", "", "2"],
    ["A7", "term_1_arm_1", "scale", "2", "", "", "", "", "", "", "", "2", "", "2", "z", "1"],
    ["B8", "term_1_arm_1", "", "", "[not completed]", "3", "0", "1", "0", "", "0", "", "", "", "", ""],
    ["B8", "term_1_arm_1", "scale", "1", "", "", "", "", "", "", "", "1", "", "-99", "", "0"],
]  # fmt: skip
REDCAP_LABELS = [
    ["Your code", "Event Name", "Repeat Instrument", "Repeat Instance", "Survey Timestamp", "Your year, please",
     "Met before (choice=Never)", "Met before (choice=Not & said)", "Again?", "Comments", "Complete?", "I listen",
     "Comments", "I am calm", "Comments", "Complete?"],
    ["A7", "Term 1", "", "", "2026-01-02 10:00:00", "Second, or later", "Checked", "Unchecked", "Yes", "x", "Complete",
     "", "", "", "", ""],
    ["A7", "Term 1", "Scale", "1", "", "", "", "", "", "", "", "always", "y", "never", "", "Complete"],
    ["A7", "Term 1", "Scale", "2", "", "", "", "", "", "", "", "often", "", "often", "z", "Unverified"],
    ["B8", "Term 1", "", "", "[not completed]", "Third", "Unchecked", "Checked", "No", "", "Incomplete", "", "", "", "",
     ""],
    ["B8", "Term 1", "Scale", "1", "", "", "", "", "", "", "", "never", "", "-99", "", "Incomplete"],
]  # fmt: skip

# ---- Tables of no platform, some with a word or two of one.

PLAIN = {
    "id and items": "id,q1,q2\nA,3,4\nB,2,5\n",
    "a timestamp and no moment": "timestamp,q1\nA,3\nB,4\n",
    "an id and moments": "id,a,b,q1\n1,2026-01-02 10:00,2026-01-02 10:09,3\n2,2026-01-02 10:00,2026-01-02 10:09,4\n",
    "one word of LimeSurvey": "id,submitdate,q1\n1,2026-01-02,3\n2,2026-01-03,4\n",
    "two words of KoboToolbox": "_id,_uuid,q1\n1,a,3\n2,b,4\n",
    "a case and a status": "CASE,FINISHED,q1\n1,1,3\n2,1,4\n",
    "a Chinese number": "序号,q1,q2\n1,3,4\n2,2,5\n",
    "a language in the fourth column": "id,date,page,lang,q1\nA7,2026-01-02 10:00:00,1,en,4\nB8,,2,fa,3\n",
    "complete, in words": "record_id,q1,base_complete\n1,3,yes\n2,4,no\n",
    "a status of no platform": "StartDate,EndDate,Status,q1\n2026-01-02,2026-01-02,ok,3\n2026-01-02,2026-01-02,ok,4\n",
    "a respondent": "Respondent,Start Date,q1\n11,2026-01-02,3\n12,2026-01-02,4\n",
    "an event": "id,event,q1\n1,pre_arm_1,3\n1,post_arm_1,4\n",
}

# ---- Every file with the platform it comes from: none may be taken for another.

FILES = {
    **{f"limesurvey, header {mode}": ("limesurvey", "results-survey.csv", limesurvey(mode))
       for mode in ("bracket", "underscore", "text", "spaced", "translated", "both")},
    "kobotoolbox, XML names": ("kobotoolbox", "export.csv", kobotoolbox()),
    "kobotoolbox, labels": ("kobotoolbox", "export.csv", kobotoolbox(KOBO_LABELS)),
    "kobotoolbox, HXL tags": ("kobotoolbox", "export.csv", kobotoolbox(tags=True)),
    "sosci, one header row": ("sosci", "rdata.csv", sosci(texts=False, encoding="utf-8")),
    "sosci, two header rows": ("sosci", "rdata.csv", sosci(encoding="utf-8")),
    "wenjuanxing": ("wenjuanxing", "export.csv", WENJUANXING),
    "qualtrics, JSON": ("qualtrics", "export.csv", qualtrics()),
    "qualtrics, dict": ("qualtrics", "export.csv", qualtrics(style="dict")),
    "qualtrics, legacy": ("qualtrics", "export.csv", qualtrics_legacy()),
    "redcap, events": ("redcap", "export.csv", "code,redcap_event_name,q1\nA7,pre_arm_1,3\nA7,post_arm_1,4\n"),
    "redcap, status of a form": ("redcap", "export.csv", "record_id,q1,base_complete\n1,3,2\n2,4,0\n"),
    "redcap, repeated forms": ("redcap", "export.csv", table(REDCAP_RAW)),
    "redcap, by labels": ("redcap", "export.csv", table([REDCAP_LABELS[0][:12], *[r[:12] for r in REDCAP_LABELS[1:]]])),
    "surveymonkey, condensed": ("surveymonkey", "export.csv", MONKEY_CONDENSED),
    "surveymonkey, expanded": ("surveymonkey", "export.csv", MONKEY_EXPANDED),
    "surveymonkey, numeric": ("surveymonkey", "export.csv", MONKEY_NUMERIC),
    "surveymonkey, one header row": ("surveymonkey", "export.csv", 'RespondentID,"Is it?"\n123,Yes\n124,No\n'),
    **{f"google_forms, {word}": ("google_forms", "export.csv", google_forms(word, moment)) for word, moment in GOOGLE},
    **{f"microsoft_forms, {language}":
       ("microsoft_forms", "export.xlsx", microsoft_forms([*header, "Your code", "How?"], MS_PEOPLE))
       for language, header in MS_HEADERS.items()},
    **{f"plain, {name}": ("plain", "export.csv", content) for name, content in PLAIN.items()},
}  # fmt: skip
