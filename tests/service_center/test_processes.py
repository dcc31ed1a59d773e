"""Children that never outlive the launcher."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from service_center.runtime import processes
from service_center.runtime.processes import Supervisor

FOREVER = [sys.executable, "-c", "import time; time.sleep(600)"]
# A child that starts another one, as web servers and shells do.
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(600)",
]


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(env=dict(os.environ), cwd=tmp_path)


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + 10
    while not (text := path.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return text


def test_stopping_ends_children_and_their_children(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    child = supervisor.start("parent", PARENT, log=tmp_path / "log")
    grandchild = psutil.Process(int(wait_for(tmp_path / "log")))

    supervisor.stop_all()

    assert child.process.returncode == -signal.SIGTERM
    assert psutil.wait_procs([grandchild], timeout=5)[1] == []


def test_child_that_ignores_the_request_is_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.2)
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('up', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", stubborn]
    child = supervisor.start("stubborn", command, log=tmp_path / "log")
    wait_for(tmp_path / "log")

    supervisor.stop_all()

    assert child.process.returncode == -signal.SIGKILL


def test_ended_child_is_found_with_its_last_words(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.start("steady", FOREVER, log=tmp_path / "steady")
    words = [sys.executable, "-c", "print('first'); print('last'); raise SystemExit(3)"]
    failing = supervisor.start("failing", words, log=tmp_path / "failing")
    failing.process.wait(10)

    ended = supervisor.find_ended()
    supervisor.stop_all()

    assert ended is failing
    assert (ended.process.returncode, ended.last_lines(1)) == (3, ["last"])


def test_waiting_for_a_step_ends_with_the_step_or_the_request(
    supervisor: Supervisor,
) -> None:
    done = supervisor.start("step", [sys.executable, "-c", "raise SystemExit(4)"])
    assert supervisor.finish(done) == 4

    endless = supervisor.start("endless", FOREVER)
    supervisor.stop_requested = True
    assert supervisor.finish(endless) is None
    supervisor.stop_all()


def test_children_die_with_a_killed_launcher(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells a child that its parent died")
    script = (
        "import sys, time; from pathlib import Path\n"
        "from service_center.runtime.processes import Supervisor\n"
        "s = Supervisor(env={}, cwd=Path('.'))\n"
        "c = s.start('child', [sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(c.process.pid, flush=True); time.sleep(600)"
    )
    launcher = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    )
    assert launcher.stdout is not None
    child = psutil.Process(int(launcher.stdout.readline()))
    launcher.kill()
    launcher.wait()
    launcher.stdout.close()

    assert psutil.wait_procs([child], timeout=5)[1] == []
