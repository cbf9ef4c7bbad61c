"""No test in this folder reaches another computer: whoever connects, or asks for an address, fails."""

import socket
import sys


class ConnectedError(AssertionError):
    """Something wanted to reach another computer, or this one through the network."""


def _refuse_connections(event, arguments):
    """Refuse what goes further than a socket of this computer's own file system."""
    if event == "socket.connect" and arguments[0].family != socket.AF_UNIX:
        raise ConnectedError(f"a connection to {arguments[1]}")
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        raise ConnectedError(f"{event} {arguments}")


# Seen by the interpreter itself, whatever library asks; other programs that are started are watched by
# `make crash-test`, which runs a study in a network that leads nowhere.
sys.addaudithook(_refuse_connections)
