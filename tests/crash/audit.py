"""`make audit`: known vulnerabilities of the locked requirements, or a plain sentence that nobody could be asked."""

from __future__ import annotations

import re
import subprocess
import sys

UNREACHABLE = re.compile(
    r"ConnectionError|ConnectTimeout|Max retries|ServiceError|ProxyError|40[34]|50[234]", re.IGNORECASE
)


def main(program: str) -> int:
    """Ask, and tell what was said: 0 nothing known, 1 something known, 5 not all could be asked."""
    command = [program, "--requirement", "requirements/run.txt", "--require-hashes", "--disable-pip", "--timeout", "15"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    print(ran.stdout, end="")
    unknown = ran.stdout.count("could not be audited")
    if unknown:
        print(f"Of {unknown} packages the advisory service that can be reached from here knows nothing, neither way.")
        return ran.returncode or 5
    if ran.returncode and not ran.stdout.strip() and UNREACHABLE.search(ran.stderr):
        print("The advisory service cannot be reached from here: nothing is known of vulnerabilities, neither way.")
        return 5
    print(ran.stderr, end="", file=sys.stderr)
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
