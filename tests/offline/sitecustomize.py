"""No Python of a test speaks to another machine: imported by the tests (conftest.py), and by every
Python that they start, kernels included, for this folder stands on their PYTHONPATH.

A connection elsewhere, and the question for another machine's address, raise an error, and a line
goes to the file that GANLAB_OFFLINE names: so the test fails even if somebody swallows the error.
"""

import ipaddress
import os
import socket
import sys

ASKS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
SENDS = ("socket.connect", "socket.sendto", "socket.sendmsg")


def is_here(host):
    """Whether a host, a name or an address, is this machine."""
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def elsewhere(event, args):
    """The host that an audited event goes to, if it is another machine; else None."""
    if event in ASKS:
        host = args[0]
        try:  # an address in numbers is not looked up
            ipaddress.ip_address(host)
        except ValueError:
            return None if is_here(host) else host
        return None
    if event in SENDS:
        sock, address = args[0], args[1]
        # Such a socket's connect sends nothing; Dask learns by it which address it has itself.
        told_only = event == "socket.connect" and sock.type == socket.SOCK_DGRAM
        if isinstance(address, tuple) and not told_only and not is_here(address[0]):
            return address[0]
    return None


def refuse(event, args):
    if event.startswith("socket.") and (host := elsewhere(event, args)) is not None:
        line = f"{event} to {host}: wanted no machine but this one"
        if path := os.environ.get("GANLAB_OFFLINE"):
            with open(path, "a", encoding="utf-8") as file:
                file.write(line + "\n")
        raise OSError(line)


if os.environ.get("GANLAB_OFFLINE"):
    sys.addaudithook(refuse)
