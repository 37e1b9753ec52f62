"""Runs a program as an ordinary user that dies with its parent: `python unprivileged.py SIGNAL UID PROGRAM ARGS…`.

PostgreSQL refuses to run as root. Where we are root (containers, test machines) it is run inside a user namespace in
which root's files belong to an unprivileged id; where namespaces are refused, as that id itself, keeping only the right
to pass through root's folders. A script of its own without imports of ours: it starts in 20 ms and runs before threads.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_LINUX_CAPABILITY_VERSION_3 = 0x20080522


def namespaces_work() -> bool:
    """Try in a child whether root may be mapped to `NOBODY` in a user namespace."""
    child = os.fork()
    if child == 0:
        try:
            _enter_namespace(ctypes.CDLL(None, use_errno=True))
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _enter_namespace(libc: ctypes.CDLL) -> None:
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{NOBODY} {uid} 1"),
        ("gid_map", f"{NOBODY} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _become(libc: ctypes.CDLL, uid: int) -> None:
    """Change to `uid`; keep, where we may, the capability to pass folders such as /root (capabilities(7), ambient)."""
    wanted = (1 << _CAP_DAC_OVERRIDE) | (1 << _CAP_DAC_READ_SEARCH)
    libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    for capabilities in (wanted, 1 << _CAP_DAC_OVERRIDE):
        header = struct.pack("Ii", _LINUX_CAPABILITY_VERSION_3, 0)
        if libc.capset(header, struct.pack("6I", *(capabilities,) * 3, 0, 0, 0)) == 0:
            break
    for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def main() -> None:
    signal, uid, *command = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
    if sys.platform == "linux":
        parent = os.getppid()
        libc = ctypes.CDLL(None, use_errno=True)
        if os.geteuid() == 0:
            if uid == 0:
                _enter_namespace(libc)
            else:
                _become(libc, uid)
        # After the change of identity, which clears it (prctl(2)).
        libc.prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0)
        if os.getppid() != parent:
            return
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
