"""A real SLURM on this computer: munged, slurmctld and slurmd with a configuration of their own, ended by process id.

Nothing outside its folder is read or written: its own key, sockets, ports and spools. The clients are called through
small scripts that name its configuration, because a job step of Snakemake's executor forgets the environment's.
"""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

DAEMONS = ("munged", "slurmctld", "slurmd")
CLIENTS = ("sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo")
SBIN = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
PATIENCE = 60.0
"""Seconds that a daemon may take to answer."""

SETTINGS = """
ClusterName=here
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={controller_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
ReturnToService=2
MinJobAge=600
KillWait=5
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={node_port} CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes=n1 Default=YES MaxTime=INFINITE State=UP DefMemPerCPU=500
"""


def missing() -> list[str]:
    """Give the programs of SLURM and munge that this computer lacks."""
    return [name for name in (*DAEMONS, *CLIENTS) if shutil.which(name, path=SBIN) is None]


class LocalSlurm:
    """A cluster of one node, up within `with`.

    Parameters
    ----------
    folder : Path
        For everything that it writes; its path must be short, for a socket lies in it.

    Attributes
    ----------
    commands : Path
        Folder of the clients, to stand first on the path.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.commands = folder, folder / "bin"
        self._ended = ExitStack()

    def __enter__(self) -> LocalSlurm:
        # munged refuses folders that others may write, and a socket that others cannot reach.
        for name in ("", "bin", "state", "spool"):
            (self.folder / name).mkdir(mode=0o755, parents=True, exist_ok=True)
        self._write_settings()
        for name in CLIENTS:
            script = self.commands / name
            script.write_text(
                f"#!/bin/sh\nSLURM_CONF='{self.folder}/slurm.conf' exec {shutil.which(name, path=SBIN)} \"$@\"\n"
            )
            script.chmod(0o755)
        try:
            self._start_all()
        except BaseException:
            self._ended.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.close()

    def _write_settings(self) -> None:
        pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        settings = SETTINGS.format(
            host=socket.gethostname().partition(".")[0],
            user=getpass.getuser(),
            folder=self.folder,
            controller_port=_free_port(),
            node_port=_free_port(),
            cpus=os.cpu_count(),
            memory=int(pages * 0.9),
        )
        (self.folder / "slurm.conf").write_text(settings)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(1024))
        key.chmod(0o400)

    def _start_all(self) -> None:
        at = {name: f"{self.folder}/munge.{name}" for name in ("socket", "pid", "seed", "key", "log")}
        files = [f"--{option}={at[name]}" for option, name in (("socket", "socket"), ("pid-file", "pid"))]
        files += [f"--{option}={at[name]}" for option, name in (("seed-file", "seed"), ("key-file", "key"))]
        # Root may not be the owner of the folder's parents; only the key matters here.
        self._start("munged", "--foreground", "--force", *files, f"--log-file={at['log']}")
        _wait_until(Path(at["socket"]).exists, "munged")
        self._start("slurmctld", "-D", "-c")
        self._start("slurmd", "-D", "-N", "n1")
        _wait_until(lambda: "idle" in self.ask("sinfo", "-h", "-o", "%T"), "slurmctld and slurmd", self._logs)

    def _start(self, name: str, *options: str) -> None:
        log = self._ended.enter_context((self.folder / f"{name}.out").open("wb"))
        process = subprocess.Popen(
            [shutil.which(name, path=SBIN) or name, *options],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            env={**os.environ, "SLURM_CONF": f"{self.folder}/slurm.conf"},
        )  # fmt: skip
        self._ended.callback(_end, process)

    def ask(self, client: str, *words: str) -> str:
        """Give what a client answers; blank when it fails."""
        asked = subprocess.run([self.commands / client, *words], capture_output=True, text=True, check=False)
        return asked.stdout if asked.returncode == 0 else ""

    def _logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-1500:] for path in sorted(self.folder.glob("*.out")))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def _wait_until(true, what: str, why=lambda: "") -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            raise RuntimeError(f"{what} did not start within {PATIENCE:.0f} s\n{why()}")
        time.sleep(0.2)
