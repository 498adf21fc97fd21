"""Files in a bucket behave as files in a folder do: kept once under their sum, brought whole, removed, kept apart."""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec import asyn

from channels.bucket_store import BucketStore
from channels.file_store import FileStore, FolderStore, NotKept

pytestmark = pytest.mark.thorough
CONTENT = b"names and addresses"
TOTAL = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Return the address of an empty bucket on a server of our own that speaks S3."""
    from moto.server import ThreadedMotoServer
    from s3fs import S3FileSystem

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "ours")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "a key for tests only")
        S3FileSystem.clear_instance_cache()
        S3FileSystem().mkdir("kaartje")
        yield "s3://kaartje"
        for each in S3FileSystem._cache.values():
            closing = each._s3.__aexit__(None, None, None)
            asyncio.run_coroutine_threadsafe(closing, each.loop).result()
        S3FileSystem.clear_instance_cache()
    server.stop()
    _end_threads()


def _end_threads() -> None:
    """End the loop that fsspec keeps for all file systems of a process. It begins another when one is asked for."""
    loop = asyn.loop[0]
    asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    asyn.iothread[0].join()
    loop.close()
    asyn.loop[0] = asyn.iothread[0] = None


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "bucket":
        return BucketStore(f"{request.getfixturevalue('bucket')}/{tmp_path.name}")
    (tmp_path / "files").mkdir()
    return FolderStore(tmp_path / "files")


def test_a_file_is_kept_under_its_sum_brought_and_removed(store: FileStore, tmp_path: Path) -> None:
    made, brought = tmp_path / "made.pdf", tmp_path / "elsewhere" / "made.pdf"
    made.write_bytes(CONTENT)
    assert not store.has(TOTAL)
    for _ in range(2):
        store.keep(made, TOTAL)
    assert store.has(TOTAL)
    store.bring(TOTAL, brought)
    assert brought.read_bytes() == CONTENT
    for _ in range(2):
        store.remove(TOTAL)
    assert not store.has(TOTAL)
    with pytest.raises(NotKept):
        store.bring(TOTAL, brought)
    assert [path.name for path in brought.parent.iterdir()] == ["made.pdf"]


def test_what_is_not_what_its_sum_says_is_neither_kept_nor_brought(
    store: FileStore, tmp_path: Path
) -> None:
    made = tmp_path / "made.pdf"
    made.write_bytes(b"another")
    with pytest.raises(NotKept):
        store.keep(made, TOTAL)
    assert not store.has(TOTAL)


def test_a_store_is_told_from_another_by_a_name_of_its_own(store: FileStore) -> None:
    name = store.mark()
    assert len(name) == 32
    assert store.mark() == name


def test_a_bucket_has_the_same_name_for_two_machines_and_another_place_has_another(
    bucket: str,
) -> None:
    assert BucketStore(f"{bucket}/a").mark() == BucketStore(f"{bucket}/a/").mark()
    assert BucketStore(f"{bucket}/a").mark() != BucketStore(f"{bucket}/b").mark()


def test_a_file_that_was_damaged_in_the_bucket_is_not_brought(bucket: str, tmp_path: Path) -> None:
    from s3fs import S3FileSystem

    store = BucketStore(f"{bucket}/damaged")
    place = f"kaartje/damaged/{TOTAL[:2]}/{TOTAL}"
    S3FileSystem(use_listings_cache=False).pipe_file(place, b"half")
    with pytest.raises(NotKept, match="not what its sum says"):
        store.bring(TOTAL, tmp_path / "brought.pdf")
    assert not (tmp_path / "brought.pdf").exists()
