"""The guard of `conftest.py` stops whoever connects: a whole `evaluate` (test_api.py), and all stages with figures,
reports and a release (test_release.py), run under it every day.
"""

import socket
import sys
import urllib.request

import pytest


def test_the_guard_stops_whoever_connects():
    with socket.socket() as one, pytest.raises(AssertionError, match=r"a connection to \('127.0.0.1', 9\)"):
        one.connect(("127.0.0.1", 9))
    with pytest.raises(AssertionError, match="getaddrinfo"):
        socket.create_connection(("localhost", 9))
    with pytest.raises(AssertionError):
        urllib.request.urlopen("http://localhost:9")


def test_sockets_of_the_file_system_may_be_used(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as one:
        # pytest's folders are deep, and such a path has at most 108 bytes.
        listener.bind("\0balint-eval-test" if sys.platform == "linux" else str(tmp_path / "s"))
        listener.listen()
        one.connect(listener.getsockname())
