"""Study files that must be refused: what YAML makes of them, names, paths, keys of scales, thresholds."""

from bad_study import BadStudy, answers, case, export

STUDY = "study.yaml"


# --- B001, B002, B003: no file, nothing in it, no YAML


@case("B001", 2, "CFG-MISSING", file="nowhere.yaml", says=("no such file", "looked from the folder"))
def no_study_file(study: BadStudy):
    study.study_name = "nowhere.yaml"
    study.withhold("nowhere.yaml")


@case("B001", 2, "CFG-MISSING", file="study.yaml", says=("folder",))
def study_file_is_a_folder(study: BadStudy):
    study.withhold(STUDY)
    study.path(STUDY).mkdir()


@case("B002", 2, "CFG-EMPTY", file=STUDY, says=("name, title and cohorts",))
def nothing_in_it(study: BadStudy):
    study.settings = ""


@case("B002", 2, "CFG-EMPTY", file=STUDY, says=("name, title and cohorts",))
def only_comments(study: BadStudy):
    study.settings = "# name: small\n\n# title: A small study\n"


@case("B002", 2, "CFG-EMPTY", file=STUDY)
def only_a_byte_order_mark(study: BadStudy):
    study.settings = b"\xef\xbb\xbf\n"


@case("B002", 2, "CFG-EMPTY", file=STUDY)
def only_a_document_mark(study: BadStudy):
    study.settings = "---\n...\n"


def first_lines(study: BadStudy) -> list[str]:
    return study.dumped().splitlines()[:6]


@case("B003", 2, "CFG-SYNTAX", file=STUDY, row=7, value="question:", says=("tab", "blanks"))
def tab_indent_in_line_7(study: BadStudy):
    study.settings = "\n".join([*first_lines(study), "\tquestion: why"])


@case("B003", 2, "CFG-SYNTAX", file=STUDY, says=("bracket",))
def unclosed_bracket(study: BadStudy):
    study.settings = "\n".join([*first_lines(study), "instrument_files: [one.yaml, two.yaml"])


@case("B003", 2, "CFG-SYNTAX", file=STUDY, row=7, value="question: what: why", says=("colon",))
def second_colon_in_line_7(study: BadStudy):
    study.settings = "\n".join([*first_lines(study), "question: what: why"])


@case("B003", 2, "CFG-SYNTAX", file=STUDY, says=("UTF-8",))
def settings_in_another_encoding(study: BadStudy):
    study.settings = study.dumped().replace("A small study", "Étude").encode("latin-1")


@case("B003", 2, "CFG-SYNTAX", file=STUDY, says=("nested too deeply",))
def ten_thousand_brackets(study: BadStudy):
    study.settings = "a: " + "[" * 10_000 + "]" * 10_000


@case("B003", 2, "CFG-SYNTAX", file=STUDY, says=("more than one document",))
def two_documents(study: BadStudy):
    study.settings = study.dumped() + "---\n" + study.dumped()


@case("B003", 2, "CFG-SYNTAX", file=STUDY, row=3, value="\x00")
def nul_in_the_settings(study: BadStudy):
    study.settings = "name: small\n# a remark\ntitle: one\x00two\n"


# --- B005: unknown keys


@case("B005", 2, "CFG-UNKNOWN", file=STUDY, column="linkage.duplicats", says=("did you mean 'duplicates'",))
def misspelt_key(study: BadStudy):
    study.content["linkage"] = {"duplicats": "first"}


@case("B005", 2, "CFG-UNKNOWN", file=STUDY, column="plan.tresholds")
def key_far_from_every_key(study: BadStudy):
    study.content["plan"] = {"tresholds": 5}


@case("B005", 2, "CFG-UNKNOWN", file=STUDY, count=3)
def three_unknown_keys_at_once(study: BadStudy):
    study.content["color"] = "red"
    study.exports[0]["fil"] = "x.csv"
    study.item()["colums"] = "q{item}"


@case("B005", 2, "CFG-UNKNOWN", file=STUDY, column="Language")
def key_in_capitals(study: BadStudy):
    study.content["Language"] = "en"


# --- B006, B007: YAML as a weapon


@case("B006", 2, "CFG-TAG", file=STUDY, row=1, value="os.system", seconds=2)
def tag_that_would_run_a_command(study: BadStudy):
    study.settings = f"name: !!python/object/apply:os.system ['touch {study.path('ran')}']\n"


@case("B006", 2, "CFG-TAG", file=STUDY, row=2, value="!!binary", seconds=2)
def tag_of_bytes(study: BadStudy):
    study.settings = "name: small\ntitle: !!binary aGVsbG8=\n"


@case("B006", 2, "CFG-TAG", file=STUDY, row=1, seconds=2, count=None)
def tag_of_our_own(study: BadStudy):
    study.settings = "!study\nname: !x small\n"


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


@case("B007", 2, "CFG-ALIAS", file=STUDY, row=1, count=None, seconds=1)
def alias_bomb(study: BadStudy):
    study.settings = bomb(9)


@case("B007", 2, "CFG-ALIAS", file=STUDY, row=1, count=None, seconds=1)
def anchor_that_holds_itself(study: BadStudy):
    study.settings = "a: &a [*a]\n"


@case("B007", 2, "CFG-ALIAS", file=STUDY, count=None, seconds=1)
def merge_key(study: BadStudy):
    study.settings = "x: &x {name: small}\n<<: *x\n"


# --- B009, B010: what YAML reads in place of a name


def named(study: BadStudy, written: str):
    study.settings = study.dumped().replace("name: north", f"name: {written}")


@case("B009", 2, "CFG-IDTYPE", file=STUDY, column="cohorts.0.name", value="012", says=("'10'", '"012"'))
def cohort_012(study: BadStudy):
    named(study, "012")


@case("B009", 2, "CFG-IDTYPE", file=STUDY, column="cohorts.0.name", value="0x1F", says=("'31'", '"0x1F"'))
def cohort_in_hexadecimal(study: BadStudy):
    named(study, "0x1F")


@case("B009", 2, "CFG-IDTYPE", file=STUDY, column="cohorts.0.name", value="on", says=("'True'", '"on"'))
def cohort_on(study: BadStudy):
    named(study, "on")


@case("B009", 2, "CFG-IDTYPE", file=STUDY, column="cohorts.0.name", value="1_000", says=("'1000'",))
def cohort_with_underscore(study: BadStudy):
    named(study, "1_000")


@case("B010", 2, "CFG-IDTYPE", file=STUDY, column="cohorts.0.name", value="12:30", says=("'750'", '"12:30"'))
def cohort_1230(study: BadStudy):
    named(study, "12:30")


@case("B010", 2, "CFG-IDTYPE", file=STUDY, column="cohorts.0.name", value="2026-01-05", says=('"2026-01-05"',))
def cohort_that_is_a_date(study: BadStudy):
    named(study, "2026-01-05")


@case("B010", 2, "CFG-IDTYPE", file=STUDY, column="cohorts.0.name", value="2026-02-30", says=('"2026-02-30"',))
def cohort_that_is_no_date(study: BadStudy):
    named(study, "2026-02-30")


@case("B010", 2, "CFG-IDTYPE", file=STUDY, column="cohorts.0.exports.1.wave", value="1.0", says=("'1.0'",))
def wave_that_is_a_number(study: BadStudy):
    study.settings = study.dumped().replace("    wave: after", "    wave: 1.0")


# --- B011, B013, B014, B015: names


def call_cohort(study: BadStudy, name: str):
    study.cohort["name"] = name


@case("B011", 2, "CFG-IDCHARS", file=STUDY, column="cohorts.0.name", value="../../outside/x", says=("letters, digits",))
def cohort_that_leads_out(study: BadStudy):
    call_cohort(study, "../../outside/x")


@case("B011", 2, "CFG-IDCHARS", file=STUDY, column="cohorts.0.name", value="..\\north")
def cohort_that_leads_out_on_windows(study: BadStudy):
    call_cohort(study, "..\\north")


@case("B011", 2, "CFG-IDCHARS", file=STUDY, column="cohorts.0.name", value="~root")
def cohort_that_is_a_home(study: BadStudy):
    call_cohort(study, "~root")


@case("B011", 2, "CFG-IDCHARS", file=STUDY, column="name", value="/etc/small")
def study_that_is_a_path(study: BadStudy):
    study.content["name"] = "/etc/small"


@case("B011", 2, "CFG-IDCHARS", file=STUDY, column="cohorts.0.name", value="nor\u202eth")
def cohort_with_a_direction_mark(study: BadStudy):
    call_cohort(study, "nor\u202eth")


def second_cohort(study: BadStudy, name: str):
    other = {"name": name, "exports": [export("before", "b2.csv"), export("after", "a2.csv")]}
    study.content["cohorts"].append(other)
    header = ",".join(study.headers["before"])
    for file, wave in (("b2.csv", "before"), ("a2.csv", "after")):
        rows = [",".join([f"OAK{row[0]}", *row[1:]]) for row in answers(wave)]
        study.give(file, "\n".join([header, *rows]) + "\n")


@case("B013", 2, "CFG-IDCOLLIDE", file=STUDY, column="cohorts.1.name", says=("'north'", "'North'", "line"))
def cohorts_that_differ_by_a_capital(study: BadStudy):
    second_cohort(study, "North")


@case("B013", 2, "CFG-IDCOLLIDE", file=STUDY, column="cohorts.1.name")
def cohorts_with_one_name(study: BadStudy):
    second_cohort(study, "north")


@case("B013", 2, "CFG-IDCOLLIDE", file=STUDY, column="waves.1.name", alone=False)
def waves_that_differ_by_a_capital(study: BadStudy):
    study.content["waves"][1]["name"] = "BEFORE"


# The pattern of a name refuses accented letters in either spelling, before the two can collide.
@case("B013", 2, "CFG-IDCHARS", file=STUDY, column="cohorts.0.name", count=2)
def cohorts_in_two_spellings_of_one_accent(study: BadStudy):
    call_cohort(study, "\u00e9st")
    second_cohort(study, "e\u0301st")


def reserved(name: str):
    def spoil(study: BadStudy):
        call_cohort(study, name)

    spoil.__name__ = f"cohort_named_{name.strip(' .')}" + ("_and_a_sign" if name.strip(" .") != name else "")
    return spoil


for _name in ("CON", "NUL", "all", "summary", "lpt1", "nul.csv"):
    case("B014", 2, "CFG-IDRESERVED", file=STUDY, column="cohorts.0.name", says=("reserved",))(reserved(_name))
case("B014", 2, "CFG-IDRESERVED", file=STUDY, column="cohorts.0.name", says=("full stop",))(reserved("south."))
case("B014", 2, "CFG-IDRESERVED", file=STUDY, column="cohorts.0.name", says=("blank",))(reserved("east "))
case("B014", 2, "CFG-IDRESERVED", file=STUDY, column="cohorts.0.name", says=("blank",))(reserved(" west"))


@case("B015", 2, "CFG-IDLENGTH", file=STUDY, column="cohorts.0.name", says=("65", "64"))
def cohort_of_65_characters(study: BadStudy):
    call_cohort(study, "n" * 65)


@case("B015", 2, "CFG-IDLENGTH", file=STUDY, column="name", says=("10000", "64"))
def study_of_10000_characters(study: BadStudy):
    study.content["name"] = "n" * 10_000


# --- B017, B018: files that are other files


@case("B017", 2, "CFG-SYMLINK", file=STUDY, column="cohorts.0.exports.1.file", value="after.csv",
      says=("elsewhere/answers.csv", "allow_external_inputs"))  # fmt: skip
def export_is_a_link_that_leads_out(study: BadStudy):
    linked_out(study, "after.csv")


def linked_out(study: BadStudy, name: str):
    target = study.key.parent / "answers.csv"
    target.write_text(study.csv("after"))
    study.withhold(name)
    study.path(name).parent.mkdir(exist_ok=True)
    study.path(name).symlink_to(target)


@case("B017", 2, "CFG-SYMLINK", file=STUDY, column="cohorts.0.exports.1.file", says=("allow_external_inputs",))
def folder_is_a_link_that_leads_out(study: BadStudy):
    (study.key.parent / "after.csv").write_text(study.csv("after"))
    study.path("data").symlink_to(study.key.parent)
    study.exports[1]["file"] = "data/after.csv"


@case("B017", 2, "CFG-SYMLINK", file=STUDY, column="cohorts.0.exports.1.dictionary", says=("allow_external_inputs",))
def dictionary_is_a_link_that_leads_out(study: BadStudy):
    study.exports[1]["dictionary"] = "dictionary.csv"
    linked_out(study, "dictionary.csv")


@case("B017", 2, "CFG-SYMLINK", file=STUDY, column="cohorts.0.roster.file", says=("allow_external_inputs",))
def roster_is_a_link_that_leads_out(study: BadStudy):
    study.cohort["roster"] = {"file": "roster.csv", "person_id": "code"}
    linked_out(study, "roster.csv")


@case("B017", 0, "OK-LINK")
def link_that_is_allowed(study: BadStudy):
    linked_out(study, "after.csv")
    study.content["allow_external_inputs"] = True


@case("B017", 0, "OK-LINK")
def link_that_stays_inside(study: BadStudy):
    study.give("data/answers.csv", study.csv("after"))
    study.withhold("after.csv")
    study.path("after.csv").symlink_to("data/answers.csv")


@case("B018", 2, "CFG-SAMEFILE", file=STUDY, column="cohorts.0.exports.1.file", value="before.csv",
      says=("cohorts.0.exports.0.file",), alone=False)  # fmt: skip
def both_waves_name_one_file(study: BadStudy):
    study.exports[1]["file"] = "before.csv"


@case("B018", 2, "CFG-SAMEFILE", file=STUDY, column="cohorts.0.exports.1.file", value="after.csv",
      says=("cohorts.0.exports.0.file", "SHA-256", "check the"))  # fmt: skip
def both_waves_hold_the_same_bytes(study: BadStudy):
    study.give("after.csv", study.csv("before"))


@case("B018", 2, "CFG-SAMEFILE", file=STUDY, column="cohorts.0.exports.1.file", value="./before.csv")
def one_file_in_two_spellings(study: BadStudy):
    study.exports[1]["file"] = "./before.csv"


@case("B018", 2, "CFG-SAMEFILE", file=STUDY, column="cohorts.1.exports.0.file", count=None)
def two_cohorts_name_one_file(study: BadStudy):
    second_cohort(study, "south")
    study.content["cohorts"][1]["exports"][0]["file"] = "before.csv"


# --- B019, B021, B022: keys of scales


@case("B019", 2, "CFG-ITEMDUP", file=STUDY, says=("total", "item 2", "2 and 3"))
def scale_with_an_item_twice(study: BadStudy):
    study.instrument["scales"][0]["items"] = [1, 2, 2]


@case("B019", 2, "CFG-ITEMDUP", file=STUDY, says=("reverse", "item 3"))
def item_reversed_twice(study: BadStudy):
    study.instrument["reverse"] = [3, 3]


@case("B019", 2, "CFG-COLUMNS", file=STUDY, column="cohorts.0.exports.1.items.0.columns", says=("q1", "two items"))
def column_given_for_two_items(study: BadStudy):
    study.item()["columns"] = ["q1", "q1", "q3"]


@case("B021", 2, "CFG-RANGE", file=STUDY, says=("total", "21", "3"))
def range_upside_down(study: BadStudy):
    study.instrument["scales"][0]["range"] = [21, 3]


@case("B021", 2, "CFG-RANGE", file=STUDY, says=("total", "3"))
def range_of_one_point(study: BadStudy):
    study.instrument["scales"][0]["range"] = [3, 3]


@case("B021", 2, "CFG-RANGE", file=STUDY, says=("total", "3 to 21", "3.5"))
def range_that_is_no_whole_number(study: BadStudy):
    study.instrument["scales"][0]["range"] = [3.5, 21]


@case("B021", 2, "CFG-RANGE", file=STUDY, says=("codes", "7, 1"))
def codes_that_go_down(study: BadStudy):
    study.instrument["response"]["codes"] = [7, 1]


@case("B021", 2, "CFG-VALUE", file=STUDY, says=("number",))
def range_in_words(study: BadStudy):
    study.instrument["scales"][0]["range"] = ["three", 21]


def own_copy(study: BadStudy):
    """Declare a scale of the registry's as the study's own, with two items exchanged for others."""
    from balint_eval.instruments.registry import known_instruments

    copy = known_instruments()["TEQ"].model_dump(mode="json", exclude_defaults=True)
    copy["reverse"] = copy["reverse"][1:]
    study.content["own_instruments"].append(copy)


@case("B022", 2, "CFG-SCALEHASH", file=STUDY, column="own_instruments.1.name", value="TEQ",
      says=("TEQ", "checksum", "name of its own"))  # fmt: skip
def published_scale_with_another_key(study: BadStudy):
    own_copy(study)


@case("B022", 2, "CFG-SCALEHASH", file=STUDY, column="own_instruments.1.name", says=("checksum",))
def published_scale_with_another_range(study: BadStudy):
    own_copy(study)
    changed = study.content["own_instruments"][1]
    changed["n_items"] += 1


# --- B023: disclosure


@case("B023", 2, "CFG-KFLOOR", file=STUDY, column="release.smallest", value="3", says=("3 people", "fewer than 5"))
def threshold_below_the_floor(study: BadStudy):
    study.content["audience"] = "release"
    study.content["release"] = {"smallest": 3, "reason": "we would so like to show every group"}


@case("B023", 2, "CFG-KREASON", file=STUDY, column="release", says=("fewer than 8", "20 signs"))
def lower_threshold_without_a_reason(study: BadStudy):
    study.content["release"] = {"smallest": 6, "reason": "small"}


# --- B025 to B027: the key of the pseudonyms


@case("B025", 2, "CFG-KEYPLACE", file="pseudonyms.key", says=("BALINT_EVAL_KEY_FILE",))
def key_inside_the_study(study: BadStudy):
    import os

    inside = study.path("pseudonyms.key")
    inside.write_bytes(study.key.read_bytes())
    inside.chmod(0o600)
    os.environ["BALINT_EVAL_KEY_FILE"] = str(inside)


def key_of(study: BadStudy, content: bytes, mode: int = 0o600):
    study.key.write_bytes(content)
    study.key.chmod(mode)


def key_in_settings(name: str):
    def spoil(study: BadStudy):
        study.content[name] = "0123456789abcdef" * 4

    spoil.__name__ = f"{name}_in_the_study_file"
    case("B025", 2, "CFG-KEYPLACE", file=STUDY, column=name, says=("keygen", "BALINT_EVAL_KEY_FILE"))(spoil)


for _name in ("pseudonym_key", "key", "hmac_key", "salt", "key_file"):
    key_in_settings(_name)


@case("B025", 2, "CFG-KEYPLACE", file=STUDY, column="linkage.key")
def key_in_the_linkage(study: BadStudy):
    study.content["linkage"] = {"key": "0123456789abcdef" * 4}


@case("B003", 2, "CFG-SYNTAX", file=STUDY, says=("U+0007", "remove the character"))
def bell_in_the_settings(study: BadStudy):
    study.settings = study.dumped().replace("A small study", "A small\x07 study")


@case("B026", 2, "CFG-KEYWEAK", file=".key", says=("shorter than 32",))
def key_too_short(study: BadStudy):
    key_of(study, bytes(range(31)))


@case("B026", 2, "CFG-KEYWEAK", file=".key", says=("one byte", "keygen"))
def key_of_one_byte(study: BadStudy):
    key_of(study, bytes([7]) * 32)


@case("B026", 2, "CFG-KEYWEAK", file=".key", says=("other users",))
def key_that_others_can_read(study: BadStudy):
    key_of(study, bytes(range(32)), 0o644)


@case("B027", 2, "CFG-KEYCHANGED", file="linkage.csv", says=("stored under the key 0a1b2c3d", "nothing was linked"))
def key_changed_between_waves(study: BadStudy):
    stored = study.folder.parent / "restricted" / "small" / study.cohort["name"] / "linkage.csv"
    stored.parent.mkdir(parents=True)
    stored.write_text("person_id,raw_id,key_fingerprint\nP1,somebody,key 0a1b2c3d\n", encoding="utf-8")
