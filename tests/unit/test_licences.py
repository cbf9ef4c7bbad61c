"""Licences of what a run needs: every package of the lock is judged, and an unknown or unfit one is named."""

from pathlib import Path

import pytest
from tests.crash.licences import LOCK, Locked, is_fit, judged, licence_of, locked, page

ROOT = Path(__file__).parents[2]


def test_every_package_of_the_lock_is_fit_and_stands_on_the_page():
    packages = list(locked(LOCK.read_text(encoding="utf-8")))
    versions = {(one.name, one.version) for one in packages}
    if other := [one.name for one in judged(packages) if (one.name, one.version) not in versions]:
        pytest.skip(f"other versions than those of the lock are installed: {', '.join(other)}")
    found = list(judged(packages))
    assert len({one.name for one in packages}) == len(found) > 80
    assert [one for one in found if one.fault] == []
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") == page(found)


def test_packages_are_read_from_a_lock():
    text = (
        "one-x[extra]==1.0 \\\n    --hash=sha256:0\n    # via two==3\ntwo==2.1.post1 ; sys_platform == 'win32' \\\n"
        "    --hash=sha256:1\n"
    )
    assert list(locked(text)) == [Locked("one-x", "1.0", ""), Locked("two", "2.1.post1", "sys_platform == 'win32'")]


@pytest.mark.parametrize(
    ("given", "licence", "fit"),
    [
        (("x", "MIT AND PSF-2.0", "", []), "MIT AND PSF-2.0", True),
        (("x", "MIT AND SSPL-1.0", "", []), "MIT AND SSPL-1.0", False),
        (("x", "SSPL-1.0 OR Apache-2.0", "", []), "SSPL-1.0 OR Apache-2.0", True),
        (("x", "", "BSD 3-Clause License\n\nCopyright", []), "BSD-3-Clause", True),
        (("x", "", "Copyright of somebody", ["License :: OSI Approved :: MIT License"]), "MIT", True),
        (("x", "", "Proprietary", ["Framework :: Pytest"]), "Proprietary", False),
        (("x", "GPL-2.0-only", "", []), "GPL-2.0-only", False),
        (("x", "", "", []), "", False),
        (("conda-inject", "", "", []), "MIT", True),
    ],
)
def test_what_a_package_says_is_judged(given, licence, fit):
    assert licence_of(*given) == licence
    assert is_fit(licence) is fit


def test_a_package_that_is_not_there_is_a_fault_unless_it_is_for_another_system():
    (missing,) = judged([Locked("no-such-package-here", "1", "")])
    assert missing.fault == "is not installed"
    (elsewhere,) = judged([Locked("no-such-package-here", "1", "sys_platform == 'win32'")])
    assert (elsewhere.fault, elsewhere.licence) == ("", "not installed here: only where sys_platform == 'win32'")
