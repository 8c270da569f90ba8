"""Stores without a network: fsspec's own in memory, and one that fails as it is told to."""

from collections import Counter
from typing import ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem


class ShakyStore(MemoryFileSystem):
    """Fails the first ``failing[path]`` times that a file is opened; counts what is opened and written."""

    protocol = "shaky"
    store: ClassVar = {}
    pseudo_dirs: ClassVar = [""]
    cachable = True
    failing: ClassVar = Counter()
    opened: ClassVar = Counter()
    error = ConnectionError("the store is busy")

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(str(path).replace("shaky://", "memory://"))

    def _open(self, path, mode="rb", **more):
        type(self).opened[path, mode[0]] += 1
        if self.failing[path] > 0:
            type(self).failing[path] -= 1
            raise self.error
        return super()._open(path, mode, **more)


fsspec.register_implementation("shaky", ShakyStore, clobber=True)


def empty_stores():
    for kind in (MemoryFileSystem, ShakyStore):
        kind.store.clear()
        kind.pseudo_dirs[:] = [""]
    ShakyStore.failing.clear()
    ShakyStore.opened.clear()
    fsspec.filesystem("shaky").dircache.clear()


@pytest.fixture(name="stores")
def clean_stores(monkeypatch):
    """Both stores, empty; what is tried again is tried at once."""
    empty_stores()
    monkeypatch.setattr("tenacity.sleep_using_event.__call__", lambda self, seconds: None)
    yield fsspec.filesystem("shaky")
    empty_stores()
