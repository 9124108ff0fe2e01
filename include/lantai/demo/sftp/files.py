"""The files of one account as an SFTP server shows them: confined to one folder.

A path is walked name by name from the account's folder and no link is followed
on the way, so nothing outside is reached whatever a client asks for. Names are
bytes. Renaming over a file that is there is refused, as OpenSSH does.

Source: interfaces.md, "A department's folder" (no unit sees another's folder).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lantai.formats.sftp import wire

LISTING_NAMES = 100
"""Names in one reply to READDIR."""

_CODES = {
    errno.ENOENT: wire.NO_SUCH_FILE,
    errno.ENOTDIR: wire.NO_SUCH_FILE,
    errno.EACCES: wire.PERMISSION_DENIED,
    errno.EPERM: wire.PERMISSION_DENIED,
    errno.ELOOP: wire.PERMISSION_DENIED,
}

Reply = tuple[int, bytes]


class _OpenFile:
    def __init__(self, fd: int) -> None:
        self.fd = fd


class _OpenFolder:
    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.names = [b".", b"..", *sorted(map(os.fsencode, os.listdir(fd)))]


class AccountFiles:
    """Answers requests for the files of one account.

    Args:
        root: The account's folder; everything is below it.
        is_writable: Whether anything may be changed.
    """

    def __init__(self, root: str | os.PathLike[str], *, is_writable: bool = True) -> None:
        self._root = os.fsencode(root)
        self._is_writable = is_writable
        self._opened: dict[bytes, _OpenFile | _OpenFolder] = {}
        self._last_handle = 0
        self._answers: dict[int, Callable[[wire.Fields], Reply]] = {
            wire.OPEN: self._open,
            wire.CLOSE: self._close,
            wire.READ: self._read,
            wire.WRITE: self._write,
            wire.LSTAT: self._look,
            wire.STAT: self._look,
            wire.FSTAT: self._look_at_open,
            wire.SETSTAT: self._set,
            wire.FSETSTAT: self._set_open,
            wire.OPENDIR: self._open_folder,
            wire.READDIR: self._list,
            wire.REMOVE: self._remove,
            wire.MKDIR: self._make_folder,
            wire.RMDIR: self._remove_folder,
            wire.REALPATH: self._real_path,
            wire.RENAME: self._rename,
        }

    def answer(self, kind: int, fields: wire.Fields) -> Reply:
        """Return kind and body of the reply to a request."""
        asked = self._answers.get(kind)
        if asked is None:
            return _status(wire.OP_UNSUPPORTED, b"not supported")
        try:
            return asked(fields)
        except OSError as error:
            code = _CODES.get(error.errno or 0, wire.FAILURE)
            return _status(code, (error.strerror or "failure").encode())

    def close(self) -> None:
        """Close whatever the client left open."""
        for opened in self._opened.values():
            os.close(opened.fd)
        self._opened.clear()

    @contextmanager
    def _parent(self, path: bytes) -> Iterator[tuple[int, bytes]]:
        """Open the folder that a path's last name is in; the root itself is `.` in itself."""
        names = self._names(path)
        fd = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for name in names[:-1]:
                below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=fd)
                os.close(fd)
                fd = below
            yield fd, names[-1] if names else b"."
        finally:
            os.close(fd)

    @staticmethod
    def _names(path: bytes) -> list[bytes]:
        if b"\0" in path:
            raise OSError(errno.ENOENT, "no such name")
        names: list[bytes] = []
        for name in path.split(b"/"):
            if name == b"..":
                del names[-1:]
            elif name not in {b"", b"."}:
                names.append(name)
        return names

    def _may_write(self) -> None:
        if not self._is_writable:
            raise OSError(errno.EACCES, "read only")

    def _remember(self, opened: _OpenFile | _OpenFolder) -> Reply:
        self._last_handle += 1
        handle = self._last_handle.to_bytes(4, "big")
        self._opened[handle] = opened
        return wire.HANDLE, wire.string(handle)

    def _file(self, handle: bytes) -> _OpenFile:
        opened = self._opened.get(handle)
        if not isinstance(opened, _OpenFile):
            raise OSError(errno.EBADF, "no such handle")
        return opened

    def _open(self, fields: wire.Fields) -> Reply:
        path, asked, told = fields.string(), fields.number(), fields.attributes()
        flags = os.O_NOFOLLOW | os.O_NONBLOCK
        if asked & (wire.OPEN_WRITE | wire.OPEN_APPEND | wire.OPEN_CREATE | wire.OPEN_TRUNCATE):
            self._may_write()
            flags |= os.O_RDWR if asked & wire.OPEN_READ else os.O_WRONLY
            flags |= os.O_CREAT if asked & wire.OPEN_CREATE else 0
            flags |= os.O_TRUNC if asked & wire.OPEN_TRUNCATE else 0
            flags |= os.O_EXCL if asked & wire.OPEN_EXCLUSIVE else 0
            flags |= os.O_APPEND if asked & wire.OPEN_APPEND else 0
        with self._parent(path) as (folder, name):
            fd = os.open(name, flags, (told.mode or 0o640) & 0o777, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise OSError(errno.EACCES, "no regular file")
        return self._remember(_OpenFile(fd))

    def _close(self, fields: wire.Fields) -> Reply:
        opened = self._opened.pop(fields.string(), None)
        if opened is None:
            return _status(wire.FAILURE, b"no such handle")
        os.close(opened.fd)
        return _status(wire.OK)

    def _read(self, fields: wire.Fields) -> Reply:
        opened, offset, length = self._file(fields.string()), fields.long(), fields.number()
        content = os.pread(opened.fd, min(length, wire.MAX_PACKET_BYTES - 1024), offset)
        return (wire.DATA, wire.string(content)) if content else _status(wire.EOF, b"end of file")

    def _write(self, fields: wire.Fields) -> Reply:
        opened, offset, content = self._file(fields.string()), fields.long(), fields.view()
        while content:
            written = os.pwrite(opened.fd, content, offset)
            content, offset = content[written:], offset + written
        return _status(wire.OK)

    def _look(self, fields: wire.Fields) -> Reply:
        with self._parent(fields.string()) as (folder, name):
            return wire.ATTRS, wire.attributes_body(_told(os.stat(name, dir_fd=folder, follow_symlinks=False)))

    def _look_at_open(self, fields: wire.Fields) -> Reply:
        return wire.ATTRS, wire.attributes_body(_told(os.fstat(self._file(fields.string()).fd)))

    def _set(self, fields: wire.Fields) -> Reply:
        path, told = fields.string(), fields.attributes()
        self._may_write()
        with self._parent(path) as (folder, name):
            fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        try:
            _set_told(fd, told)
        finally:
            os.close(fd)
        return _status(wire.OK)

    def _set_open(self, fields: wire.Fields) -> Reply:
        opened, told = self._file(fields.string()), fields.attributes()
        self._may_write()
        _set_told(opened.fd, told)
        return _status(wire.OK)

    def _open_folder(self, fields: wire.Fields) -> Reply:
        with self._parent(fields.string()) as (folder, name):
            fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
        try:
            return self._remember(_OpenFolder(fd))
        except OSError:
            os.close(fd)
            raise

    def _list(self, fields: wire.Fields) -> Reply:
        opened = self._opened.get(fields.string())
        if not isinstance(opened, _OpenFolder):
            raise OSError(errno.EBADF, "no such handle")
        rows: list[tuple[bytes, bytes, wire.Attributes]] = []
        while opened.names and not rows:
            names, opened.names = opened.names[:LISTING_NAMES], opened.names[LISTING_NAMES:]
            for name in names:
                try:
                    found = os.stat(name, dir_fd=opened.fd, follow_symlinks=False)
                except FileNotFoundError:
                    continue  # Removed since the folder was opened.
                rows.append((name, name, _told(found)))
        return (wire.NAME, wire.name_body(rows)) if rows else _status(wire.EOF, b"end of listing")

    def _remove(self, fields: wire.Fields) -> Reply:
        self._may_write()
        with self._parent(fields.string()) as (folder, name):
            os.unlink(name, dir_fd=folder)
        return _status(wire.OK)

    def _make_folder(self, fields: wire.Fields) -> Reply:
        path, told = fields.string(), fields.attributes()
        self._may_write()
        with self._parent(path) as (folder, name):
            os.mkdir(name, (told.mode or 0o750) & 0o777, dir_fd=folder)
        return _status(wire.OK)

    def _remove_folder(self, fields: wire.Fields) -> Reply:
        self._may_write()
        with self._parent(fields.string()) as (folder, name):
            os.rmdir(name, dir_fd=folder)
        return _status(wire.OK)

    def _real_path(self, fields: wire.Fields) -> Reply:
        path = b"/" + b"/".join(self._names(fields.string()))
        return wire.NAME, wire.name_body([(path, path, wire.Attributes())])

    def _rename(self, fields: wire.Fields) -> Reply:
        old, new = fields.string(), fields.string()
        self._may_write()
        with self._parent(old) as (from_folder, from_name), self._parent(new) as (to_folder, to_name):
            if stat.S_ISDIR(os.stat(from_name, dir_fd=from_folder, follow_symlinks=False).st_mode):
                os.mkdir(to_name, dir_fd=to_folder)  # Refuses what is there; an empty folder gives way to the rename.
                os.rename(from_name, to_name, src_dir_fd=from_folder, dst_dir_fd=to_folder)
            else:
                os.link(from_name, to_name, src_dir_fd=from_folder, dst_dir_fd=to_folder, follow_symlinks=False)
                os.unlink(from_name, dir_fd=from_folder)
        return _status(wire.OK)


def _status(code: int, message: bytes = b"") -> Reply:
    return wire.STATUS, wire.status_body(code, message)


def _told(found: os.stat_result) -> wire.Attributes:
    return wire.Attributes(found.st_size, found.st_mode, int(found.st_mtime))


def _set_told(fd: int, told: wire.Attributes) -> None:
    if told.size_bytes is not None:
        os.ftruncate(fd, told.size_bytes)
    if told.mode is not None:
        os.fchmod(fd, told.mode & 0o777)
    if told.mtime is not None:
        os.utime(fd, (told.mtime, told.mtime))
