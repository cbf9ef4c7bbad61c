"""Manifest, codecheck.yml and crate name the same files; what was changed by hand is found, and made again."""

import hashlib
import json
import re

import pytest
import yaml

from balint_eval.clear_up import set_changed_aside
from balint_eval.cli import main
from balint_eval.errors import DataError
from balint_eval.folders import Folders
from balint_eval.provenance import list_outputs
from balint_eval.stages import run_manifest
from balint_eval.verify import verify

BEFORE = [[f"A{n}", 1 + n % 5, 2, 3] for n in range(6)]
AFTER = [[f"A{n}", 1 + (n + 1) % 5, 2, 3] for n in range(6)]
MADE = {
    "tables/claims.csv": "verdict\nno claim\n",
    "cohorts/one/scores.csv": "score\n3\n",
    "figures/forest.svg": "<svg/>\n",
    "figures/fa/forest.svg": "<svg/>\n",
    "report/educator.en.INTERNAL.html": "<html></html>\n",
    "logs/compare.log": "12 comparisons\n",
    ".checked.json": "{}\n",
}
LISTED = sorted(name for name in MADE if not name.startswith((".", "logs")))


@pytest.fixture
def results(folder, monkeypatch):
    """Results of a study that a run has ended with."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    folder.content.update(title="Listening: a <study>", contact="The team")
    folder.waves(BEFORE, AFTER)
    folders = Folders(folder.folder / "results", "small")
    for name, text in MADE.items():
        path = folders.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    run_manifest(folder.read(), folders)
    return folders


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def problems_of(folder, **further):
    with pytest.raises(DataError) as caught:
        verify(folder, **further)
    return [(problem.code, problem.file.removeprefix(f"{folder.as_posix()}/")) for problem in caught.value.problems]


def test_all_three_lists_name_every_output_with_its_hash(results):
    outputs = {entry["file"]: entry for entry in read_json(results.manifest)["outputs"]}
    copied = {name for name in outputs if name.startswith("workflow/")}
    assert {"workflow/Snakefile", "workflow/rules/report.smk"} <= copied
    assert sorted(outputs) == sorted([*LISTED, *copied, "codecheck.yml"])
    for name, entry in outputs.items():
        content = (results.root / name).read_bytes()
        assert entry == {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    codecheck = yaml.safe_load((results.root / "codecheck.yml").read_text(encoding="utf-8"))
    assert codecheck["paper"] == {"title": "Listening: a <study>", "authors": [{"name": "The team"}]}
    assert codecheck["command"] == "balint-eval run study.yaml"
    listed = {entry["file"]: (entry["bytes"], entry["sha256"]) for entry in codecheck["manifest"]}
    expected = {name: (entry["bytes"], entry["sha256"]) for name, entry in outputs.items()}
    assert listed == {name: pair for name, pair in expected.items() if name != "codecheck.yml"}
    graph = {entry["@id"]: entry for entry in read_json(results.root / "ro-crate-metadata.json")["@graph"]}
    files = {name: entry for name, entry in graph.items() if "sha256" in entry}
    assert {name: (int(entry["contentSize"]), entry["sha256"]) for name, entry in files.items()} == expected


def test_the_crate_holds_together(results):
    crate = read_json(results.root / "ro-crate-metadata.json")
    graph = {entry["@id"]: entry for entry in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    root, action = graph["./"], graph["#run"]
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert root["name"] == "Listening: a <study>"
    assert root["datePublished"] == action["endTime"] == "2026-01-01T00:00:00+00:00"
    assert graph[root["mainEntity"]["@id"]]["@type"] == ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    assert graph[graph["workflow/Snakefile"]["programmingLanguage"]["@id"]]["name"] == "Snakemake"
    assert action["instrument"] == {"@id": "workflow/Snakefile"}
    assert len(action["object"]) == 2
    parts = {entry["@id"] for entry in root["hasPart"]}
    assert parts == {name for name, entry in graph.items() if "sha256" in entry}
    assert {entry["@id"] for entry in action["result"]} == {n for n in parts if not n.startswith("workflow/")}
    outside = re.compile(r"https?://")
    for entry in graph.values():
        for value in entry.values():
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, dict):
                    assert inner["@id"] in graph or outside.match(inner["@id"]), inner


def test_the_crate_tells_neither_places_nor_names_of_exports(results, folder):
    text = (results.root / "ro-crate-metadata.json").read_text(encoding="utf-8")
    assert folder.folder.as_posix() not in text
    assert "before.csv" not in text
    assert "after.csv" not in text


def test_without_a_contact(folder, results):
    folder.content["contact"] = ""
    run_manifest(folder.read(), results)
    graph = {entry["@id"]: entry for entry in read_json(results.root / "ro-crate-metadata.json")["@graph"]}
    assert "#contact" not in graph
    assert not {"agent", "publisher"} & {*graph["#run"], *graph["./"]}
    assert verify(results.root)


def test_the_date_is_the_only_thing_that_differs(folder, results, monkeypatch):
    names = ("manifest.json", "codecheck.yml", "ro-crate-metadata.json")
    before = {name: (results.root / name).read_bytes() for name in names}
    run_manifest(folder.read(), results)
    assert {name: (results.root / name).read_bytes() for name in names} == before
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4070908800")
    run_manifest(folder.read(), results)
    after = {name: (results.root / name).read_bytes() for name in names}
    assert [name for name in names if before[name] != after[name]] == ["ro-crate-metadata.json"]
    assert after[names[2]] == before[names[2]].replace(b"2026-01-01", b"2099-01-01")


def test_results_in_order(results, folder, capsys):
    number = len(read_json(results.manifest)["outputs"])
    assert verify(results.root) == [f"{results.root.as_posix()}: {number} files are as the run left them."]
    assert main(["verify", str(results.results), "--study", str(folder.folder / "study.yaml")]) == 0
    assert (
        capsys.readouterr().out == f"{results.root.as_posix()}: {number} files and 2 inputs are as the run left them.\n"
    )


def test_missing_changed_and_extra_files_at_once(results, capsys):
    (results.root / "figures" / "forest.svg").unlink()
    (results.root / "tables" / "claims.csv").write_text("verdict\nbetter\n", encoding="utf-8")
    (results.root / "report" / "notes.txt").write_text("x", encoding="utf-8")
    assert problems_of(results.root) == [
        ("WF-GONE", "figures/forest.svg"), ("WF-CHANGED", "tables/claims.csv"), ("WF-EXTRA", "report/notes.txt"),
    ]  # fmt: skip
    assert main(["verify", str(results.root)]) == 3
    for line in capsys.readouterr().err.splitlines():
        assert re.fullmatch(r"WF-[A-Z]+: .*: this file is .+\. To mend it: .+\.", line)


@pytest.mark.parametrize("name", ["codecheck.yml", "ro-crate-metadata.json"])
def test_the_lists_are_held_to_each_other(results, name):
    path = results.root / name
    whole = path.read_text(encoding="utf-8")
    digest = hashlib.sha256(MADE["tables/claims.csv"].encode()).hexdigest()
    assert digest in whole
    for spoilt in (whole.replace(digest, "0" * 64), whole[: len(whole) // 2], "", "[1, 2]"):
        path.write_text(spoilt, encoding="utf-8")
        assert ("WF-CHANGED", name) in problems_of(results.root)
    path.unlink()
    assert ("WF-GONE", name) in problems_of(results.root)


def test_a_release_is_held_to_its_own_manifest(results, capsys):
    release = results.root / "release"
    (release / "tables").mkdir(parents=True)
    (release / "tables" / "people.csv").write_text("n\n20\n", encoding="utf-8")
    listed = list_outputs(release)
    manifest = {"study": "small", "audience": "release", "outputs": listed}
    (release / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for folder in (results.root, results.results):
        lines = verify(folder)
        assert [line.partition(": ")[0] for line in lines] == [results.root.as_posix(), release.as_posix()]
        assert lines[1].endswith("release: 1 files are as the run left them.")
    (release / "tables" / "people.csv").write_text("n\n21\n", encoding="utf-8")
    assert problems_of(results.root) == [("WF-CHANGED", "release/tables/people.csv")]
    assert main(["verify", str(release)]) == 3
    assert "delete the folder release and give" in capsys.readouterr().err


@pytest.mark.parametrize("spoilt", ["", "{", "[]", "1", '{"inputs": []}', '{"inputs": [], "outputs": [{"file": "x"}]}'])
def test_a_manifest_that_is_none(results, spoilt):
    results.manifest.write_text(spoilt, encoding="utf-8")
    assert problems_of(results.root) == [("WF-CHANGED", "manifest.json")]


def test_no_manifest(tmp_path):
    with pytest.raises(DataError, match=r"WF-NOMANIFEST: .*after a run that ended"):
        verify(tmp_path)


def test_inputs_that_changed_or_are_gone(results, folder):
    (folder.folder / "before.csv").write_text("other", encoding="utf-8")
    (folder.folder / "after.csv").unlink()
    study = folder.folder / "study.yaml"
    assert problems_of(results.root, study=study) == [("WF-GONE", "after.csv"), ("WF-CHANGED", "before.csv")]


def test_a_changed_file_is_kept_and_made_again(results, capsys):
    changed = results.root / "tables" / "claims.csv"
    changed.write_text("verdict\nbetter\n", encoding="utf-8")
    (results.root / "cohorts" / "one" / "scores.csv").unlink()
    set_changed_aside(results)
    assert not changed.exists()
    assert (results.logs / "changed" / "tables" / "claims.csv").read_text(encoding="utf-8") == "verdict\nbetter\n"
    assert not results.manifest.exists()
    assert results.figures.is_dir()
    said = capsys.readouterr().err
    assert "the results were missing: cohorts/one/scores.csv." in said
    assert re.search(r"changed since \(kept in .*logs/changed/\): tables/claims\.csv\.", said)


def test_figures_are_made_again_as_a_whole(results):
    (results.figures / "forest.svg").unlink()
    set_changed_aside(results)
    assert not results.figures.exists()


def test_nothing_is_set_aside_from_results_in_order_or_under_way(results):
    before = sorted(path for path in results.root.rglob("*"))
    set_changed_aside(results)
    assert sorted(path for path in results.root.rglob("*")) == before
    results.manifest.unlink()
    (results.root / "tables" / "claims.csv").write_text("of a run that broke off", encoding="utf-8")
    set_changed_aside(results)
    assert (results.root / "tables" / "claims.csv").exists()
    results.manifest.write_text("{", encoding="utf-8")
    set_changed_aside(results)
    assert not results.manifest.exists()


def test_a_stage_that_works_leaves_no_manifest_of_what_was_before(results, folder, monkeypatch, tmp_path_factory):
    key = tmp_path_factory.mktemp("key") / "k"
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(key))
    monkeypatch.delenv("BALINT_EVAL_RUN", raising=False)
    words = [str(folder.folder / "study.yaml"), "--results", str(results.results)]
    assert main(["ingest", *words, "--cohort", "one"]) == 0
    assert not results.manifest.exists()
    assert main(["manifest", *words]) == 0
    assert verify(results.root)
