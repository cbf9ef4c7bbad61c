"""One run at a time: who wins, who is told, what a dead run leaves."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from balint_eval.clear_up import refuse_unwritable
from balint_eval.errors import EnvironmentProblem
from balint_eval.folders import Folders
from balint_eval.lock import UNREADABLE_FOR, RunLock
from balint_eval.processes import (
    LOCK,
    RUN,
    as_text,
    at_work,
    birth_of,
    end_orphans,
    enter,
    read_process,
    this_process,
)
from balint_eval.tables import remove_parts


def dead_process():
    """The entry of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return replace(this_process("earlier"), pid=ended.pid)


def held_by(folder, process):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LOCK).write_text(as_text(process), encoding="utf-8")
    return folder / LOCK


def test_a_second_run_is_told_who_works(tmp_path):
    with RunLock(tmp_path / "study") as first, pytest.raises(EnvironmentProblem) as caught, RunLock(tmp_path / "study"):
        pass
    (problem,) = caught.value.problems
    assert problem.code == "WF-LOCK"
    assert caught.value.exit_code == 5
    here = this_process("")
    assert f"process {here.pid} on {here.host}, since 20" in problem.what
    assert "delete" not in problem.mend
    assert first.taken_over is None


def test_the_folders_of_a_run_that_made_nothing_are_gone(tmp_path):
    with RunLock(tmp_path / "results" / "study") as lock:
        assert lock.path.is_file()
        assert [path.name for path in lock.path.parent.iterdir()] == [LOCK]
    assert list(tmp_path.iterdir()) == []


def test_the_folders_of_a_run_that_made_something_stay(tmp_path):
    with RunLock(tmp_path / "results" / "study") as lock:
        (lock.path.parent / "made").write_text("x", encoding="utf-8")
    assert [path.name for path in (tmp_path / "results" / "study").iterdir()] == ["made"]


def test_the_lock_of_a_dead_run_is_taken_over(tmp_path):
    dead = dead_process()
    held_by(tmp_path, dead)
    with RunLock(tmp_path) as lock:
        assert lock.taken_over == dead
        assert read_process(lock.path).run == lock.run
    assert not lock.path.exists()


def test_a_process_that_got_the_id_of_a_dead_one_is_not_taken_for_it(tmp_path):
    held_by(tmp_path, replace(this_process("earlier"), birth="another start of the system 17"))
    with RunLock(tmp_path) as lock:
        assert lock.taken_over.run == "earlier"


def test_a_zombie_works_no_more():
    child = subprocess.Popen([sys.executable, "-c", ""])
    until = time.monotonic() + 20
    while birth_of(child.pid) and time.monotonic() < until:
        time.sleep(0.01)
    # It has ended and was not waited for: its id is still there.
    os.kill(child.pid, 0)
    assert not replace(this_process("x"), pid=child.pid, birth=birth_of(os.getpid())).lives()
    child.wait()


def test_a_run_on_another_computer_cannot_be_judged(tmp_path):
    lock = held_by(tmp_path, replace(dead_process(), host="elsewhere"))
    with (
        pytest.raises(EnvironmentProblem, match=f"on elsewhere.*if that computer crashed, delete {lock}"),
        RunLock(tmp_path),
    ):
        pass
    assert lock.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_lock_that_cannot_be_read_counts_while_it_is_new(tmp_path, content):
    lock = tmp_path / LOCK
    lock.write_text(content, encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match="another run begins to work on this study"), RunLock(tmp_path):
        pass
    long_ago = time.time() - UNREADABLE_FOR - 1
    os.utime(lock, (long_ago, long_ago))
    with RunLock(tmp_path) as taken:
        assert taken.taken_over is None
    assert not lock.exists()


def test_of_many_that_find_a_dead_lock_one_takes_it_over(tmp_path):
    for _ in range(20):
        held_by(tmp_path, dead_process())
        won, told, inside = [], [], threading.Barrier(4)

        def begin(won=won, told=told, inside=inside):
            try:
                inside.wait()
                with RunLock(tmp_path) as lock:
                    won.append(lock.run)
                    time.sleep(0.05)
            except EnvironmentProblem as error:
                told.append(error.problems[0].code)

        threads = [threading.Thread(target=begin) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert told == ["WF-LOCK"] * 3


def test_a_file_system_without_links(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with RunLock(tmp_path) as lock:
        assert read_process(lock.path).run == lock.run
        with pytest.raises(EnvironmentProblem, match="another run works on this study"), RunLock(tmp_path):
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_for_the_lock(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    with pytest.raises(
        EnvironmentProblem, match=r"WF-DISKFULL: .*study.*the results folder cannot be written"
    ) as caught:
        RunLock(tmp_path / "results" / "study").__enter__()
    assert caught.value.exit_code == 5
    assert list(tmp_path.iterdir()) == []


def sleeper(folder, run, ignore=""):
    """A process of a run that entered the folder and works on."""
    code = (
        "import sys, time, signal\nfrom pathlib import Path\nfrom balint_eval.processes import enter\n"
        f"{ignore}\nenter(Path(sys.argv[1]), sys.argv[2])\nprint('at work', flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(folder), run], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "at work\n"
    return process


@pytest.mark.parametrize("ignore", ["", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"], ids=["willing", "stubborn"])
def test_orphans_of_an_earlier_run_are_ended(tmp_path, monkeypatch, ignore):
    monkeypatch.setattr("balint_eval.processes.PATIENCE", 0.3)
    held_by(tmp_path, replace(dead_process(), run="earlier"))
    orphan = sleeper(tmp_path, "earlier", ignore)
    try:
        assert end_orphans(tmp_path, "this run") == 1
        assert orphan.wait(5) == -(signal.SIGKILL if ignore else signal.SIGTERM)
        assert not list(tmp_path.glob(".process.*"))
        assert end_orphans(tmp_path, "this run") == 0
    finally:
        orphan.kill()
        orphan.communicate()


def test_processes_of_this_run_and_of_other_computers_are_left_alone(tmp_path):
    held_by(tmp_path, replace(dead_process(), run="mine"))
    mine = sleeper(tmp_path, "mine")
    away = replace(dead_process(), host="elsewhere")
    (tmp_path / ".process.1.json").write_text(as_text(away), encoding="utf-8")
    try:
        assert end_orphans(tmp_path, "mine") == 0
        assert mine.poll() is None
        assert sorted(path.name for path in tmp_path.glob(".process.*")) == [
            ".process.1.json", f".process.{mine.pid}.json",
        ]  # fmt: skip
    finally:
        mine.kill()
        mine.communicate()


def test_a_step_of_a_run_that_was_taken_over_does_not_begin(tmp_path, monkeypatch):
    held_by(tmp_path, this_process("the next run"))
    monkeypatch.setenv(RUN, "the run before")
    with pytest.raises(EnvironmentProblem, match=r"WF-LOCK: .*has ended; the step was not begun"), at_work(tmp_path):
        raise AssertionError("the step was begun")
    assert not list(tmp_path.glob(".process.*"))


def test_a_step_leaves_its_file_while_it_works(tmp_path, monkeypatch):
    held_by(tmp_path, this_process("mine"))
    monkeypatch.setenv(RUN, "mine")
    with at_work(tmp_path):
        (entry,) = tmp_path.glob(".process.*")
        assert read_process(entry).lives()
    assert not list(tmp_path.glob(".process.*"))
    monkeypatch.delenv(RUN)
    with at_work(tmp_path):
        assert not list(tmp_path.glob(".process.*"))


def test_a_run_without_lock_is_over(tmp_path):
    with pytest.raises(EnvironmentProblem, match="WF-LOCK"):
        enter(tmp_path, "mine")


def test_the_process_becomes_the_command_under_its_own_id(tmp_path):
    code = "import os; print(os.getpid())"
    for run, status, said in (("mine", 0, None), ("another", 5, "WF-LOCK")):
        held_by(tmp_path, this_process("mine"))
        ran = subprocess.Popen(
            [sys.executable, "-m", "balint_eval.begin", str(tmp_path), sys.executable, "-c", code],
            env={**os.environ, RUN: run}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        out, err = ran.communicate(timeout=60)
        assert ran.returncode == status, err
        assert out == (f"{ran.pid}\n" if said is None else "")
        assert err.startswith(said or "")


def test_half_written_files_of_a_killed_process_are_removed(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    for name in (".scores.csv.ab12cd_3.part", "scores.csv", "notes.part", ".hidden"):
        (folder / name).write_text("x", encoding="utf-8")
    assert remove_parts(tmp_path) == 1
    assert sorted(path.name for path in folder.iterdir()) == [".hidden", "notes.part", "scores.csv"]
    assert remove_parts(tmp_path / "nowhere") == 0


def test_folders_that_cannot_be_written_are_named_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = Folders(tmp_path / "results", "study")
    refuse_unwritable(folders)
    assert list(tmp_path.iterdir()) == []
    folders.figures.mkdir(parents=True)
    closed = folders.figures
    monkeypatch.setattr(os, "access", lambda path, _: path != closed)
    with pytest.raises(EnvironmentProblem, match=r"WF-READONLY: .*figures: .*cannot be written \(mode drwx") as caught:
        refuse_unwritable(folders)
    assert len(caught.value.problems) == 1


def test_a_file_where_the_results_belong(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").write_text("x", encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match="a file where a folder belongs"):
        refuse_unwritable(Folders(tmp_path / "results", "study"))
