"""The outbox tells a stumble from a fall, and never loses what it sealed."""

import errno
import os
from pathlib import Path

import pytest

from channels.outbox import Outbox, write_synced
from channels.port import HandedFile, Receipt, Refusal, RefusalKind, Result, Unavailable
from channels.short_retries import patiently

RESULTS: list[Result] = [
    Receipt(1, "k1/000001"),
    Refusal(2, RefusalKind.ADDRESS, "NO_ADDRESS", "there is no address"),
    HandedFile(folder="k1", name="k1.txt", sha256="ab", bytes=3, pages=2, cards=1),
]


def _write(draft: Path) -> list[Result]:
    draft.mkdir()
    write_synced(draft / "note.txt", b"hello")
    return RESULTS


def test_results_are_returned_again_after_the_print_shop_carried_the_folder_off(
    tmp_path: Path,
) -> None:
    outbox = Outbox(tmp_path)
    outbox.leave_once("k1", _write)
    (tmp_path / "k1" / "note.txt").unlink()
    (tmp_path / "k1").rmdir()
    assert list(outbox.results_of("k1") or ()) == RESULTS
    assert outbox.settle("k1") == (RESULTS[0], RESULTS[2])
    assert not (tmp_path / "k1").exists()


def test_a_sealed_draft_is_renamed_by_whoever_settles(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)

    def die(phase: str, done: int, _total: int) -> None:
        if (phase, done) == ("seal", 1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.leave_once("k1", _write, watch=die)
    assert not (tmp_path / "k1").exists()
    assert outbox.settle("k1") == (RESULTS[0], RESULTS[2])
    assert (tmp_path / "k1" / "note.txt").read_bytes() == b"hello"


def test_nothing_of_a_taken_back_key_stays_behind(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)

    def die(phase: str, done: int, _total: int) -> None:
        if (phase, done) == ("seal", 0):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.leave_once("k1", _write, watch=die)
    assert outbox.settle("k1") == ()
    assert list((tmp_path / ".writing").iterdir()) == []
    with pytest.raises(Unavailable):
        outbox.results_of("k1")


def test_a_writer_whose_draft_was_taken_back_gives_up(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)

    def swept(draft: Path) -> list[Result]:
        draft.mkdir()
        outbox.settle("k1")
        write_synced(draft / "note.txt", b"too late")
        return RESULTS

    with pytest.raises(Unavailable, match="taken back"):
        outbox.leave_once("k1", swept)
    assert not (tmp_path / "k1").exists()


def test_a_full_disk_means_unavailable_and_the_key_is_still_free(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)

    def full(draft: Path) -> list[Result]:
        draft.mkdir()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(Unavailable, match="nothing left"):
        outbox.leave_once("k1", full)
    assert list((tmp_path / ".writing").iterdir()) == []
    assert list(outbox.leave_once("k1", _write)) == RESULTS


@pytest.mark.parametrize("key", ["", "../k", "a/b", "a.b", "-k", ".k"])
def test_a_key_that_could_leave_the_folder_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a key"):
        Outbox(tmp_path).leave_once(key, _write)


def test_a_stumble_is_tried_again_and_a_fall_is_not() -> None:
    tries: list[int] = []

    def act(number: int, after: int) -> str:
        tries.append(number)
        if len(tries) < after:
            raise OSError(number, os.strerror(number))
        return "done"

    assert patiently(act, errno.ESTALE, 2) == "done"
    assert tries == [errno.ESTALE] * 2
    tries.clear()
    with pytest.raises(OSError, match="No space"):
        patiently(act, errno.ENOSPC, 2)
    assert tries == [errno.ENOSPC]


class Rows(dict[str, str]):
    """Seals that several machines share."""

    read = dict.get
    take = dict.setdefault


def test_a_seal_that_machines_share_lets_a_key_leave_once_from_one_of_them(tmp_path: Path) -> None:
    seals = Rows()
    one, other = (Outbox(tmp_path / name, seals=seals) for name in ("one", "other"))
    assert list(one.leave_once("k1", _write)) == RESULTS
    assert list(other.leave_once("k1", _write)) == RESULTS
    assert other.settle("k1") == (RESULTS[0], RESULTS[2])
    assert (tmp_path / "one" / "k1").is_dir()
    assert not (tmp_path / "other" / "k1").exists()
    assert other.settle("k2") == ()
    with pytest.raises(Unavailable, match="taken back"):
        one.leave_once("k2", _write)


def test_a_seal_that_was_made_in_the_folder_stays_in_force(tmp_path: Path) -> None:
    Outbox(tmp_path).leave_once("k1", _write)
    Outbox(tmp_path).settle("k2")
    since = Outbox(tmp_path, seals=Rows())
    assert list(since.leave_once("k1", _write)) == RESULTS
    assert since.settle("k1") == (RESULTS[0], RESULTS[2])
    with pytest.raises(Unavailable, match="taken back"):
        since.leave_once("k2", _write)
