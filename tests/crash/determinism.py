"""`make determinism`: the same inputs give the same bytes whatever time zone, locale, hash seed, cores and folder."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from place import Place, content

KEY = bytes(range(32))


@dataclass(frozen=True)
class Setting:
    """Where and how a study is run."""

    folder: str
    zone: str
    locale: str
    hash_seed: str
    cores: int
    umask: int = 0o022
    home: bool = True

    def environment(self) -> dict[str, str | None]:
        named = {"TZ": self.zone, "LC_ALL": self.locale, "LANG": self.locale, "PYTHONHASHSEED": self.hash_seed}
        return named if self.home else {**named, "HOME": None, "USER": None, "LOGNAME": None}

    def __str__(self) -> str:
        return f"{self.zone}, {self.locale}, hash seed {self.hash_seed}, {self.cores} cores, folder '{self.folder}'"


SETTINGS = (
    Setting("plain", "UTC", "C", "0", 1),
    Setting("with blanks and ü", "Pacific/Auckland", "tr_TR.UTF-8", "1", 2),
    Setting("a/folder/far/below/the/others", "Asia/Tehran", "fa_IR.UTF-8", "random", 4),
    Setting("پوشه", "America/St_Johns", "de_DE.UTF-8", "2", 2, home=False),
    Setting("private", "Asia/Kathmandu", "C.UTF-8", "3", 1, umask=0o077),
    Setting("x", "Pacific/Kiritimati", "en_US.UTF-8", "4", 3),
    Setting("quote'and\"sign&", "Europe/Budapest", "hu_HU.UTF-8", "5", 2),
    Setting("plain again", "Africa/Casablanca", "POSIX", "4294967295", 1),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=int, default=len(SETTINGS), help="how many of the settings")
    options = parser.parse_args()
    faults, expected = 0, None
    with tempfile.TemporaryDirectory(prefix="balint-same-") as root:
        key = Path(root) / "elsewhere" / "pseudonyms.key"
        key.parent.mkdir()
        key.write_bytes(KEY)
        key.chmod(0o600)
        for setting in SETTINGS[: options.settings]:
            before = os.umask(setting.umask)
            started = time.monotonic()
            study = {**content(), "languages": ["en", "fa"]}
            place = Place(Path(root) / setting.folder, key, setting.environment(), study)
            code, _, err = place.run("--cores", str(setting.cores))
            os.umask(before)
            made = place.made()
            expected = expected or made
            names = sorted({*made, *expected})
            differing = [name for name in names if made.get(name) != expected.get(name)]
            named = [name for name in names if root.encode() in (place.folder / name).read_bytes()] if not code else []
            told = f"{len(made)} files, {len(differing)} differ, {time.monotonic() - started:.0f} s"
            print(f"{setting}: {told}", flush=True)
            for fault in (err[-500:] if code else "", f"differ: {differing[:8]}" if differing else "",
                          f"tell their folder: {named[:8]}" if named else ""):  # fmt: skip
                if fault:
                    faults += 1
                    print(f"  FAULT {fault}", flush=True)
    print(f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
