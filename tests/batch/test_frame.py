"""clean_frame is a function of its arguments: what an engine does with the frame changes nothing."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from spacy.util import import_file

import jiaokan
from batch.runs import DONE, FAULTY, MENDED, OTHER, clean, write
from jiaokan.report.tables import record

RECIPES = Path(__file__).resolve().parents[2] / "benchmarks" / "recipes"
FRAME = pd.DataFrame({"id": ["1", "2", "3", "4"], "text": [FAULTY, OTHER, MENDED, None]})


@pytest.fixture(scope="module")
def alone() -> pd.DataFrame:
    """Return the rows of the frame, each cleaned by itself."""
    return pd.concat([jiaokan.clean_frame(FRAME[row : row + 1]) for row in range(len(FRAME))], ignore_index=True)


def recipe(name: str) -> ModuleType:
    """Return a recipe as a module."""
    return import_file(f"recipe_{name}", RECIPES / f"{name}.py")


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as clean_frame gives it: by id, of its types."""
    return frame.sort_values("id", ignore_index=True)[["id", "text", "record", "error"]].astype("string")


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]], ids=str)
def test_neighbours_and_order_change_nothing(alone: pd.DataFrame, order: list[int]) -> None:
    pd.testing.assert_frame_equal(in_order(jiaokan.clean_frame(FRAME.iloc[order])), alone)


def test_the_frame_is_left_as_it_is() -> None:
    before = FRAME.copy(deep=True)
    jiaokan.clean_frame(FRAME)
    pd.testing.assert_frame_equal(FRAME, before)


def test_it_can_be_sent(alone: pd.DataFrame) -> None:
    sent = pickle.loads(pickle.dumps(jiaokan.clean_frame))
    pd.testing.assert_frame_equal(sent(FRAME), alone)


def test_it_says_what_a_run_says(tmp_path: Path, alone: pd.DataFrame) -> None:
    for row in FRAME[:3].itertuples():
        write(tmp_path, f"in/{row.id}.txt", str(row.text))
    assert clean(tmp_path / "in", "-o", tmp_path / "run")[0] == DONE
    for row in alone[:3].itertuples():
        kept = record(tmp_path / "run", str(row.id))
        assert (tmp_path / f"run/text/{row.id}.txt").read_text(encoding="utf-8") == row.text == kept["text"]
        ours = json.loads(str(row.record))
        assert {key for key in kept if kept[key] != ours[key]} <= {"source", "encoding"}


# label, text
BAD_ROWS = [
    ("None", None),
    ("not a number", float("nan")),
    ("missing", pd.NA),
    ("a number", 7),
    ("bytes", b"x"),
    ("empty", ""),
    ("white", " \n　"),
]


def test_a_bad_row_is_a_row() -> None:
    frame = pd.DataFrame(
        {"id": [*(name for name, _ in BAD_ROWS), "good"], "text": pd.Series([*(text for _, text in BAD_ROWS), FAULTY], dtype=object)}
    )
    made = jiaokan.clean_frame(frame)
    assert list(made["id"]) == list(frame["id"])
    assert all("no text in this row" in error for error in made["error"][:-1])
    assert made["text"][:-1].isna().all()
    assert made["record"][:-1].isna().all()
    assert (made["text"].iloc[-1], made["error"].iloc[-1]) == (MENDED, "")


def test_a_frame_without_rows_has_its_columns() -> None:
    made = jiaokan.clean_frame(FRAME[:0])
    assert (len(made), list(made), {str(kind) for kind in made.dtypes}) == (0, ["id", "text", "record", "error"], {"string"})


def test_columns_of_other_names_and_any_index() -> None:
    frame = pd.DataFrame({"件号": [7, 7], "正文": [FAULTY, OTHER], "more": [1, 2]}, index=[5, 5])
    made = jiaokan.clean_frame(frame, text="正文", id="件号")
    assert list(made["id"]) == ["7", "7"]
    assert made["text"][0] == MENDED
    with pytest.raises(jiaokan.InputError, match="no column text, id"):
        jiaokan.clean_frame(frame)


# --- engines


@pytest.mark.parametrize("name", ["spark", "ray", "dask_frame"])
def test_a_recipe_needs_no_engine_to_be_imported(name: str) -> None:
    assert callable(recipe(name).cleaned)


def test_dask(tmp_path: Path, alone: pd.DataFrame) -> None:
    dask = pytest.importorskip("dask")
    (tmp_path / "in").mkdir()
    FRAME[:2].to_parquet(tmp_path / "in/a.parquet")
    FRAME[2:].to_parquet(tmp_path / "in/b.parquet")
    with dask.config.set(scheduler="threads", num_workers=2):
        made = recipe("dask_frame").cleaned(tmp_path / "in", tmp_path / "out")
    assert [path.name for path in made] == ["a.parquet", "b.parquet"]
    pd.testing.assert_frame_equal(in_order(pd.concat(map(pd.read_parquet, made))), alone)


@pytest.mark.filterwarnings("ignore")
def test_spark(alone: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    sql = pytest.importorskip("pyspark.sql")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    try:
        session = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    except Exception as error:  # noqa: BLE001 -- no Java
        pytest.skip(f"Spark does not start: {type(error).__name__}")
    try:
        given = session.createDataFrame(
            [(row.id, None if pd.isna(row.text) else row.text) for row in FRAME.itertuples()], "id string, text string"
        ).repartition(2)
        pd.testing.assert_frame_equal(in_order(recipe("spark").cleaned(given).toPandas()), alone)
    finally:
        session.stop()


@pytest.mark.filterwarnings("ignore")
def test_ray(alone: pd.DataFrame) -> None:
    ray = pytest.importorskip("ray")
    data = pytest.importorskip("ray.data")
    ray.init(num_cpus=2, include_dashboard=False, logging_level="error", log_to_driver=False)
    try:
        given = data.from_pandas(FRAME).repartition(2)
        pd.testing.assert_frame_equal(in_order(recipe("ray").cleaned(given).to_pandas()), alone)
    finally:
        ray.shutdown()
