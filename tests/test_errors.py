"""An error says what, where and what to do next, in this process and out of a worker."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

from jiaokan.errors import DictionaryError, EditError, InputError, JiaokanError

KINDS = [(JiaokanError, 1), (InputError, 2), (DictionaryError, 3), (EditError, 4)]
every_kind = pytest.mark.parametrize(("kind", "code"), KINDS, ids=[kind.__name__ for kind, _ in KINDS])


def refuse(kind: type[JiaokanError]) -> None:
    """Raise an error, as a worker does."""
    raise kind("不是文本", where="甲.txt", fix="重新导出")


@every_kind
def test_message_names_place_fault_and_remedy(kind: type[JiaokanError], code: int) -> None:
    error = kind("not UTF-8", where="b.txt:7", fix="save the file as UTF-8")
    assert str(error) == "b.txt:7: not UTF-8\n  fix: save the file as UTF-8"
    assert error.exit_code == code
    assert isinstance(error, JiaokanError)


@every_kind
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_keeps_everything(kind: type[JiaokanError], code: int, protocol: int) -> None:
    error = kind("甲“乙”\n丙", where="目录/文件.txt", fix="𠮷")
    again = pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is kind
    assert (again.what, again.where, again.fix, str(again), again.exit_code) == (error.what, error.where, error.fix, str(error), code)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_worker_s_message_survives() -> None:
    with ProcessPoolExecutor(1) as pool, pytest.raises(InputError, match=r"甲\.txt: 不是文本\n  fix: 重新导出") as caught:
        pool.submit(refuse, InputError).result()
    assert caught.value.fix == "重新导出"
