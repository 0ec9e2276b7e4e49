"""What workers are given to do in the tests of those who share it out: it must be where a worker can import it."""

from __future__ import annotations

import os
import signal
import threading

from jiaokan.errors import InputError
from jiaokan.read.sources import Source


def work(source: Source) -> object:
    """Do what the location of a source says; return it if that is nothing."""
    match source.location:
        case "sleeps":
            threading.Event().wait()
        case "leaves":
            os._exit(3)
        case "crashes":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "raises":
            raise ValueError("secret")
        case "refuses":
            raise InputError("no", where="here", fix="there")
        case "cannot be sent":
            return threading.Lock()
    return source.location
