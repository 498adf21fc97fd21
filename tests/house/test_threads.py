"""A test that leaves a thread fails, and a wider fixture may hold one until it ends."""

import subprocess
import sys
from pathlib import Path
from threading import Thread, Timer
from time import monotonic

import pytest

from tests.left_threads import has_ended

ROOT = Path(__file__).parents[2]
CONFTEST = """
from tests import left_threads

left_threads.PATIENCE = 0.05

def pytest_configure(config):
    config.pluginmanager.register(left_threads.LeftThreads())
"""
LEAVES = """
from threading import Event, Thread

def test_that_leaves_a_thread():
    Thread(target=Event().wait, name="left-behind", daemon=True).start()

def test_that_comes_after_it():
    pass
"""
ENDS = """
from threading import Event, Thread

def test_that_ends_what_it_starts():
    over = Event()
    thread = Thread(target=over.wait)
    thread.start()
    over.set()
"""
HOLDS = """
from threading import Event, Thread
import pytest

@pytest.fixture(scope="module")
def server():
    over = Event()
    Thread(target=over.wait, name="of-a-server", daemon=True).start()
    yield
    {ends}

def test_that_is_served(server):
    pass

def test_that_is_served_too(server):
    pass
"""


def _run(folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_itself.py").write_text(text)
    (folder / "conftest.py").write_text(CONFTEST)
    quick = ["-p", "no:cacheprovider", "-p", "no:randomly"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *quick, "-c", str(ROOT / "pyproject.toml"), str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_test_of_ours_is_looked_at(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.has_plugin("left threads")


def test_a_test_that_leaves_a_thread_fails_and_the_next_one_does_not(tmp_path: Path) -> None:
    run = _run(tmp_path, LEAVES)
    assert run.returncode == 1, run.stdout
    assert "test_that_leaves_a_thread left threads running: left-behind" in run.stdout
    assert "2 passed, 1 error" in run.stdout


@pytest.mark.thorough
def test_what_is_ended_or_held_by_a_wider_fixture_fails_nothing(tmp_path: Path) -> None:
    run = _run(tmp_path, ENDS + HOLDS.format(ends="over.set()"))
    assert run.returncode == 0, run.stdout


@pytest.mark.thorough
def test_a_wider_fixture_that_ends_and_leaves_its_thread_fails_too(tmp_path: Path) -> None:
    run = _run(tmp_path, HOLDS.format(ends="pass"))
    assert run.returncode == 1, run.stdout
    assert "test_that_is_served_too left threads running: of-a-server" in run.stdout


def test_a_thread_that_is_still_starting_is_waited_for() -> None:
    late = Thread(target=lambda: None)
    starter = Timer(0.05, late.start)
    starter.start()
    assert has_ended(late, monotonic() + 10)
    starter.join()


def test_a_thread_that_never_starts_is_not_waited_for_without_end() -> None:
    assert not has_ended(Thread(target=lambda: None), monotonic())
