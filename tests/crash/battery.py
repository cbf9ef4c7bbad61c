"""`make crash-test`: kill -9, full disks, folders that cannot be written, two runs at once, older dates.

After each disturbance the same command must complete, without any further word, with the very bytes that an
undisturbed run gives.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from place import HAD_ENDED, Place, kill_after, wait_until

PAGE = 4096
ONE_SENTENCE = re.compile(r"[A-Z]+-[A-Z]+: .+ To mend it: .+\.")
PROGRESS = re.compile(r"  |Checking the files of |An earlier run broke off|Processes of an earlier run")


class Battery:
    """All disturbances, each in a folder of its own; `faults` is empty when every promise held."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)
        self.faults: list[str] = []
        self.key = root / "elsewhere" / "pseudonyms.key"
        self.key.parent.mkdir()
        self.key.write_bytes(bytes(range(32)))
        self.key.chmod(0o600)
        self.expected: dict[str, str] = {}
        self.seconds = 0.0
        self.bytes = 0
        self.study_bytes = 0

    def say(self, line: str) -> None:
        print(line, flush=True)

    def hold(self, truth: bool, name: str, what: str) -> None:
        if not truth:
            self.faults.append(f"{name}: {what}")
            self.say(f"  FAULT {name}: {what}")

    def undisturbed(self) -> None:
        place = Place(self.root / "undisturbed", self.key)
        self.study_bytes = _room(place.folder)
        started = time.monotonic()
        code, _, err = place.run()
        self.seconds = time.monotonic() - started
        self.hold(code == 0, "undisturbed", err)
        self.expected, self.bytes = place.made(), _room(place.folder)
        self.hold(len(self.expected) > 50, "undisturbed", f"only {len(self.expected)} files")
        self.say(f"undisturbed: {len(self.expected)} files in {self.seconds:.0f} s")

    def completes(self, place: Place, name: str) -> str:
        """Give the same command again: it must end well, leave no litter and give the same bytes."""
        code, _, err = place.run()
        self.hold(code == 0, name, f"the same command ended with {code}: {err[-500:]}")
        made = place.made()
        differing = sorted(key for key in {*made, *self.expected} if made.get(key) != self.expected.get(key))
        self.hold(not differing, name, f"differing files: {differing[:5]}")
        self.hold(not place.litter(), name, f"left behind: {place.litter()[:5]}")
        return err

    def kill(self, number: int, victim: str) -> None:
        name = f"kill {number} ({victim})"
        working, tried = HAD_ENDED, 0
        while working == HAD_ENDED:
            place = Place(self.root / f"kill{number}.{tried}", self.key)
            moment = self.random.uniform(0.0, self.seconds)
            working = kill_after(place.start(), moment, victim)
            if working == HAD_ENDED:
                # The run that was timed was slower than this one: the next moment is drawn from less time.
                self.seconds, tried = moment, tried + 1
        err = self.completes(place, name)
        noted = [line for line in err.splitlines() if "earlier run" in line]
        self.say(f"{name}: after {moment:.1f} s, at work: {working}. {' '.join(noted)}")

    def full_disk(self, number: int, of: int) -> None:
        """Give the study a disk on which a share of what it writes finds room."""
        name = f"full disk {number} of {of}"
        share = (number - 0.5) / of
        size = math.ceil(self.study_bytes + share * (self.bytes - self.study_bytes))
        with small_disk(self.root / f"disk{number}", size) as (folder, resize):
            place = Place(folder, self.key)
            code, _, err = place.run()
            said = [line for line in err.splitlines() if line and not PROGRESS.match(line)]
            self.hold(code == 5, name, f"ended with {code}: {err[-300:]}")
            one = len(said) == 1 and ONE_SENTENCE.fullmatch(said[0]) and said[0].startswith("WF-DISKFULL")
            self.hold(bool(one), name, f"not one sentence: {said}")
            made = place.made()
            cut = [key for key, digest in made.items() if self.expected.get(key) != digest]
            self.hold(not cut, name, f"not whole under their final names: {cut[:5]}")
            self.hold(not place.litter(), name, f"left behind: {place.litter()[:5]}")
            resize(64 * 1024 * 1024)
            self.completes(place, name)
            self.say(f"{name}: {size / 1024:.0f} KiB, {len(made)} files whole. {' '.join(said)}")

    def read_only(self) -> None:
        with small_disk(self.root / "closed", 64 * 1024 * 1024) as (folder, resize):
            place = Place(folder, self.key)
            resize(64 * 1024 * 1024, "ro")
            code, out, err = place.run()
            self.hold(code == 5 and not out, "read-only", f"ended with {code}: {err}")
            said = err.splitlines()
            self.hold(len(said) >= 1 and all(map(ONE_SENTENCE.fullmatch, said)), "read-only", f"said {said}")
            self.hold("WF-READONLY" in err and "mode" in err, "read-only", f"said {said}")
            self.hold(not place.made(), "read-only", "something was written")
            self.say(f"read-only folder: {' '.join(said)}")

    def two_runs(self) -> None:
        place = Place(self.root / "two", self.key)
        first = place.start()
        lock = place.folder / "results" / "small" / ".run.lock"
        wait_until(lock.exists)
        used, started = _processor_seconds(), time.monotonic()
        code, out, err = place.run()
        took, used = time.monotonic() - started, _processor_seconds() - used
        self.hold(code == 5 and not out, "two runs", f"the second ended with {code}: {err}")
        self.hold(len(err.splitlines()) == 1 and err.startswith("WF-LOCK: "), "two runs", f"said {err}")
        self.hold(used < 5, "two runs", f"the second took {used:.1f} s of the processor")
        said = first.communicate(timeout=900)[1]
        self.hold(first.returncode == 0, "two runs", f"the first ended with {first.returncode}: {said}")
        self.hold(place.made() == self.expected, "two runs", "the first gave other bytes")
        self.say(f"two runs: the second ended after {took:.1f} s ({used:.1f} s of the processor). {err.strip()}")

    def both_at_once_on_a_stale_lock(self) -> None:
        """Of runs that find the lock of a dead one at the same moment, one may take it over."""
        place = Place(self.root / "stale", self.key)
        kill_after(place.start(), self.seconds / 2, "all")
        started = [place.start() for _ in range(3)]
        codes = sorted(process.wait(900) for process in started)
        said = [process.communicate()[1] for process in started]
        self.hold(codes == [0, 5, 5], "stale lock", f"ended with {codes}: {said}")
        self.hold(place.made() == self.expected, "stale lock", "other bytes")
        self.say(f"three runs on a stale lock: ended with {codes}")

    def interrupted(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            name = signal.Signals(number).name
            ended, tried = True, 0
            while ended:
                place = Place(self.root / f"{name}.{tried}", self.key)
                process = place.start()
                moment = self.random.uniform(0.4, 0.9) * self.seconds
                _sleep_unless_ended(process, moment)
                ended = process.poll() is not None
                if ended:
                    # As with kills: the run that was timed was slower than this one.
                    process.communicate()
                    self.seconds, tried = moment, tried + 1
            process.send_signal(number)
            err = process.communicate(timeout=60)[1]
            said = [line for line in err.splitlines() if not PROGRESS.match(line)]
            self.hold(process.returncode == 130, name, f"ended with {process.returncode}: {said}")
            self.hold(len(said) == 1 and said[0].startswith("WF-INTERRUPT: "), name, f"said {said}")
            cut = [key for key, digest in place.made().items() if self.expected.get(key) != digest]
            self.hold(not cut, name, f"not whole under their final names: {cut[:5]}")
            self.completes(place, name)
            self.say(f"{name}: {' '.join(said)}")

    def changed_by_hand(self) -> None:
        """A table that somebody changed is never computed with: it is kept aside and made again."""
        place = Place(self.root / "hand", self.key)
        self.completes(place, "changed by hand")
        results = place.folder / "results" / "small"
        table = results / "tables" / "scores.csv"
        table.write_text(table.read_text(encoding="utf-8").replace(",scored,", ",scored ,"), encoding="utf-8")
        (results / "figures" / "forest.png").unlink()
        err = self.completes(place, "changed by hand")
        self.hold("tables/scores.csv" in err and "figures/forest.png" in err, "changed by hand", f"said {err}")
        self.say("changed by hand: made again")

    def offline(self) -> None:
        """The whole run in a network of its own that leads nowhere: not even to this computer."""
        cut = ["unshare", "--net"]
        if not shutil.which("unshare") or subprocess.run([*cut, "true"], capture_output=True, check=False).returncode:
            self.say("SKIPPED the run without a network: it needs root on Linux")
            return
        place = Place(self.root / "offline", self.key)
        place.before = cut
        self.completes(place, "offline")
        self.say("without a network: the same bytes")

    def older_date(self) -> None:
        place = Place(self.root / "older", self.key)
        self.completes(place, "older date")
        code, out, _ = place.run()
        self.hold(code == 0 and out.startswith("Nothing to do"), "older date", "an unchanged run did something")
        export = place.folder / "study" / "north_after.csv"
        whole, stamp = export.read_text(encoding="utf-8"), export.stat().st_mtime - 86_400
        export.write_text(whole.replace("north000,a,1,", "north000,a,2,"), encoding="utf-8")
        os.utime(export, (stamp, stamp))
        place.run()
        table = "results/small/tables/responses.csv"
        self.hold(place.made()[table] != self.expected[table], "older date", "other content was not read")
        export.write_text(whole, encoding="utf-8")
        os.utime(export, (stamp - 86_400, stamp - 86_400))
        self.completes(place, "older date, put back")
        self.say("changed content with an older date: read again, and again when put back")


def _sleep_unless_ended(process: subprocess.Popen[str], seconds: float) -> None:
    wait_until(lambda: process.poll() is not None, seconds)


def _processor_seconds() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _room(folder: Path) -> int:
    """Bytes that the files take on a disk that gives whole pages."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(math.ceil(size / PAGE) * PAGE for size in sizes)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[tuple[Path, object]]:
    """Give a file system in memory of this size, and a function that changes its size or closes it to writing."""
    folder.mkdir()
    _mount(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)])
    try:
        yield folder, lambda new, how="rw": _mount(["mount", "-o", f"remount,{how},size={new}", str(folder)])
    finally:
        _mount(["umount", "-l", str(folder)])


def _mount(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def may_mount() -> bool:
    """Tell whether small disks can be made: that needs root on Linux."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with small_disk(Path(folder) / "try", PAGE * 16):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20, help="moments at which something is killed")
    parser.add_argument("--full", type=int, default=10, help="points at which the disk is full")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], help="names of the other disturbances (all)")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Behind `&` or nohup some are ignored, and every program started here would ignore them too.
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="balint crash ü ") as folder:
        battery = Battery(Path(folder), options.seed)
        battery.undisturbed()
        for number in range(1, options.kills + 1):
            battery.kill(number, ("parent", "all", "workflow")[number % 3])
        if may_mount():
            for number in range(1, options.full + 1):
                battery.full_disk(number, options.full)
            battery.read_only()
        else:
            battery.say("SKIPPED full disks and the read-only folder: small disks can be made by root on Linux only")
        others = ("two_runs", "both_at_once_on_a_stale_lock", "interrupted", "changed_by_hand", "offline", "older_date")
        for name in options.only or others:
            getattr(battery, name)()
        print(f"{len(battery.faults)} faults")
        return 1 if battery.faults else 0


if __name__ == "__main__":
    sys.exit(main())
