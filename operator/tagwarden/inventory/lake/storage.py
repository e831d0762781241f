"""Files of the lake, in a local folder or an object store, by one set of calls of PyArrow's file systems."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from tagwarden.errors import BadInput, StateError
from tagwarden.model.messages import lake_messages as messages

_HALF = "_half."
"""Prefix of files that are being written; query engines skip such names."""
_BUSY_SECONDS = 60.0
_POLL_SECONDS = 0.05


class Storage:
    """A folder of Parquet files; paths are relative to it, with `/`. Raises StateError where the store fails."""

    def __init__(self, root: str | Path) -> None:
        """Take a local folder or a URI such as `s3://bucket/lake?region=eu-central-1` or `gs://bucket/lake`."""
        self.root = str(root)
        try:
            if "://" in self.root:
                self.files, self.base = fs.FileSystem.from_uri(self.root)
            else:
                self.files, self.base = fs.LocalFileSystem(), str(Path(root).absolute())
        except (pa.ArrowInvalid, OSError, ValueError) as error:
            raise BadInput(messages.BAD_ROOT(root=self.root, problem=error)) from error
        if not self.base:
            raise BadInput(messages.BAD_ROOT(root=self.root, problem=messages.NO_BUCKET()))

    def path(self, name: str) -> str:
        """Give the path of a file for PyArrow."""
        return f"{self.base}/{name}"

    def names(self, folder: str) -> list[str]:
        """List the finished Parquet files below a folder, sorted; none where the folder is missing."""
        selector = fs.FileSelector(self.path(folder), recursive=True, allow_not_found=True)
        with self._failing("list", folder):
            found = self.files.get_file_info(selector)
        skipped = len(self.base) + 1
        return sorted(
            each.path[skipped:]
            for each in found
            if each.is_file and each.base_name.endswith(".parquet") and not each.base_name.startswith("_")
        )

    def folders(self, folder: str) -> list[str]:
        """List the names of the folders in a folder, sorted."""
        selector = fs.FileSelector(self.path(folder), allow_not_found=True)
        with self._failing("list", folder):
            found = self.files.get_file_info(selector)
        return sorted(each.base_name for each in found if each.type is fs.FileType.Directory)

    def read(self, name: str) -> pa.Table | None:
        """Read a file; None where missing. Raises BadInput where the file is damaged."""
        try:
            with self.files.open_input_file(self.path(name)) as source:
                return pq.ParquetFile(source).read()
        except FileNotFoundError:
            return None
        except (pa.ArrowInvalid, OSError, EOFError) as error:
            raise BadInput(messages.DAMAGED(file=self.path(name), problem=error)) from error

    def head(self, name: str) -> pa.Schema | None:
        """Read the schema and its metadata; None where missing. Raises BadInput where the file is damaged."""
        try:
            with self.files.open_input_file(self.path(name)) as source:
                return pq.read_schema(source)
        except FileNotFoundError:
            return None
        except (pa.ArrowInvalid, OSError, EOFError) as error:
            raise BadInput(messages.DAMAGED(file=self.path(name), problem=error)) from error

    def write(self, name: str, table: pa.Table) -> None:
        """Write a file whole or not at all; a killed process leaves only a name that readers skip."""
        folder, _, file = name.rpartition("/")
        half = f"{folder}/{_HALF}{os.getpid()}.{file}"
        with self._failing("write", name):
            self.files.create_dir(self.path(folder), recursive=True)
            with self.files.open_output_stream(self.path(half)) as target:
                pq.write_table(table, target, compression="zstd")
            self.files.move(self.path(half), self.path(name))

    def remove(self, name: str) -> None:
        """Remove a file that may be missing already."""
        with self._failing("remove", name), contextlib.suppress(FileNotFoundError):
            self.files.delete_file(self.path(name))

    @contextlib.contextmanager
    def locked(self, folder: str) -> Iterator[None]:
        """Keep other processes of this machine from writing below a folder.

        An object store has no locks: there the operator's Lease allows one writer, and the names of files show which
        of two writers was the last.
        """
        if not isinstance(self.files, fs.LocalFileSystem):
            yield
            return
        place = Path(self.path(folder))
        with self._failing("write", folder):
            place.mkdir(parents=True, exist_ok=True)
            handle = os.open(place / "_lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            self._wait(handle, folder)
            yield
        finally:
            os.close(handle)

    def _wait(self, handle: int, folder: str) -> None:
        until = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise StateError(messages.BUSY(folder=self.path(folder), seconds=_BUSY_SECONDS)) from None
                time.sleep(_POLL_SECONDS)
            else:
                return

    @contextlib.contextmanager
    def _failing(self, verb: str, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            problem = error.strerror or str(error)
            raise StateError(messages.CANNOT(verb=verb, path=self.path(name), problem=problem)) from error
