"""What can go wrong, said so that the reader knows what to do next."""

from __future__ import annotations


class JiaokanError(Exception):
    """Base class. A message says what went wrong, where, and what to do next."""

    exit_code = 1

    def __init__(self, what: str, *, where: str, fix: str) -> None:
        """Compose `where: what`, then the remedy on a line of its own."""
        super().__init__(f"{where}: {what}\n  fix: {fix}")
        self.what = what
        self.where = where
        self.fix = fix

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword arguments, so that a worker's message survives."""
        return (_rebuild, (type(self), self.what, self.where, self.fix))


class InputError(JiaokanError):
    """The input cannot be read, or the output not written; the rest of a batch goes on."""

    exit_code = 2


class DictionaryError(JiaokanError):
    """A dictionary, family, term file or model is malformed: the message names file and line."""

    exit_code = 3


class EditError(JiaokanError):
    """An edit does not fit its text: a bug of ours, never of the user's."""

    exit_code = 4


def _rebuild(kind: type[JiaokanError], what: str, where: str, fix: str) -> JiaokanError:
    return kind(what, where=where, fix=fix)
