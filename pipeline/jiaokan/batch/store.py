"""Where a run is kept: a folder of this machine, or an fsspec URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from jiaokan.errors import InputError
from jiaokan.report import files

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
FIX = "check the address and its permissions"


@dataclass(frozen=True)
class Store:
    """Files by name under a root, each whole or absent. Every method raises InputError with the reason if it cannot."""

    root: str  # an absolute path, or a URL

    @property
    def local(self) -> bool:
        """Whether it is a folder of this machine, or one that every worker has at the same path."""
        return "://" not in self.root

    def write(self, name: str, data: bytes | str) -> None:
        """Write a file; text is UTF-8."""
        if self.local:
            files.write(Path(self.root, name), data)
            return
        system, root = self._system
        try:
            system.makedirs(f"{root}/{name}".rpartition("/")[0], exist_ok=True)
            system.pipe_file(f"{root}/{name}", data.encode() if isinstance(data, str) else data)  # object stores show a file when it is whole
        except OSError as error:
            raise self._failed(error) from None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs out of a folder of this machine, and clear away what a killed one left half-written in it."""
        if not self.local or fcntl is None:
            yield
            return
        with self._lock() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # gone when the process is, however it ends
            except OSError:
                raise InputError("another run is being written here", where=self.root, fix="wait for it, or choose another folder with -o") from None
            for folder in ("", "text/", "records/", "corrected/", "tables/", "tables/*/"):
                for left in Path(self.root).glob(f"{folder}.*.part"):
                    left.unlink(missing_ok=True)
            yield
            Path(self.root, LOCK).unlink(missing_ok=True)

    def _lock(self) -> TextIO:
        try:
            Path(self.root).mkdir(parents=True, exist_ok=True)
            return Path(self.root, LOCK).open("w", encoding="utf-8")
        except OSError as error:
            raise self._failed(error) from None

    @contextmanager
    def open(self, name: str) -> Iterator[Any]:
        """Give a stream of a file's bytes."""
        try:
            if self.local:
                with Path(self.root, name).open("rb") as stream:
                    yield stream
            else:
                system, root = self._system
                with system.open(f"{root}/{name}", "rb") as stream:
                    yield stream
        except OSError as error:
            raise self._failed(error) from None

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        with self.open(name) as stream:
            return bytes(stream.read())

    def has(self, name: str) -> bool:
        """Tell whether there is such a file."""
        if self.local:
            return Path(self.root, name).is_file()
        system, root = self._system
        return bool(system.exists(f"{root}/{name}"))

    def remove(self, name: str) -> None:
        """Delete a file if it is there."""
        if self.local:
            files.remove(Path(self.root, name))
            return
        system, root = self._system
        try:
            if self.has(name):
                system.rm_file(f"{root}/{name}")
        except OSError as error:
            raise self._failed(error) from None

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, hidden ones aside; none if it is not there."""
        try:
            if self.local:
                found = [path.name for path in Path(self.root, folder).glob("*") if path.is_file()]
            else:
                system, root = self._system
                place = f"{root}/{folder}"
                system.invalidate_cache()
                entries = system.ls(place, detail=True) if system.exists(place) else []
                found = [str(entry["name"]).rpartition("/")[2] for entry in entries if entry["type"] == "file"]
        except OSError as error:
            raise self._failed(error) from None
        return sorted(name for name in found if not name.startswith("."))

    @cached_property
    def _system(self) -> tuple[Any, str]:
        from jiaokan.read.sources import filesystem

        return filesystem(self.root)

    def _failed(self, error: OSError) -> InputError:
        return InputError(error.strerror or str(error), where=self.root, fix=FIX)
