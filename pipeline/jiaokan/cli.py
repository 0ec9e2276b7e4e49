"""The command line: parse, call the library, print, return an exit code."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jiaokan.errors import InputError, JiaokanError
from jiaokan.model import Apply, Medium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jiaokan.batch.one import Configuration, Failure
    from jiaokan.batch.run import Options
    from jiaokan.model import Document
    from jiaokan.read.sources import Sources

FAILED, USAGE, BUG, INTERRUPTED = 1, 2, 4, 130


class Files(StrEnum):
    """Whether a run keeps files for each document."""

    ALL = "all"
    NONE = "none"


app = typer.Typer(
    name="jiaokan",
    help="校勘: clean OCR'd Chinese government documents. Every change is explained and can be undone.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
dictionary = typer.Typer(help="Check the dictionaries, or look something up in them.", no_args_is_help=True)
app.add_typer(dictionary, name="dictionary")

Inputs = Annotated[list[str], typer.Argument(help="A file, folder, glob, URL, or - for standard input.", show_default=False)]
ApplyOption = Annotated[Apply, typer.Option("--apply", help="What is written into the text; the rest is suggested.")]
Terms = Annotated[str | None, typer.Option("--terms", help="Terms to repair towards, one a line.", show_default=False)]
Keep = Annotated[str | None, typer.Option("--keep", help="Words never to touch, one a line.", show_default=False)]
ChannelOption = Annotated[
    Medium, typer.Option("--channel", help="What the text went through: print read by an engine, a keyboard, or both.")
]
ChannelData = Annotated[
    str | None, typer.Option("--channel-data", help="Folder that jiaokan learn wrote: how your engine misreads print.", show_default=False)
]
Mask = Annotated[bool, typer.Option("--mask", help="Hide names of persons, telephone and identity numbers, in everything written.")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, help="Worker processes.")]
FilesOption = Annotated[
    Files, typer.Option("--files", help="all: a text and a record to a file; none: both in Parquet parts only, for runs of a million.")
]
TimeLimit = Annotated[float, typer.Option("--time-limit", min=1, help="Seconds a document may take; then it is left out, as failed.")]
ClusterOption = Annotated[
    str | None, typer.Option("--cluster", help="Address of a Dask scheduler, or local: one on this machine with --jobs workers.", show_default=False)
]
_EXAMPLES = "\b\nExamples:\n"


@app.command(
    epilog=_EXAMPLES
    + "  jiaokan clean page.txt > page.clean.txt\n  jiaokan clean scans/ -o run --jobs 2\n"
    + "  jiaokan clean page.txt --diff\n  cat page.txt | jiaokan clean - --json | jq .edits\n"
    + "  jiaokan clean archive/ -o run --jobs 8 --files none\n  jiaokan clean archive.parquet -o run --cluster tcp://scheduler:8786\n"
    + "  jiaokan clean typed.txt --channel keyboard\n  jiaokan clean scans/ -o run --mask\n  jiaokan clean scans/ -o run --channel-data my-engine"
)
def clean(  # noqa: PLR0917 -- the command line, in the order of its help
    inputs: Inputs,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", help="Folder, or fsspec URL, for texts, records, tables and report.", show_default=False),
    ] = None,
    apply: ApplyOption = Apply.CERTAIN,
    channel: ChannelOption = Medium.PRINT,
    channel_data: ChannelData = None,
    terms: Terms = None,
    keep: Keep = None,
    mask: Mask = False,
    jobs: Jobs = 1,
    files: FilesOption = Files.ALL,
    time_limit: TimeLimit = 600,
    cluster: ClusterOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record instead of the text.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print old and new side by side.")] = False,
) -> None:
    """Clean documents: the text to standard output, or everything into a folder with -o.

    Begun again, a run into a folder does only what is new or has changed; documents no longer given are taken out of it.
    """
    if sum((as_json, diff, output is not None)) > 1:
        raise InputError("--json, --diff and -o exclude one another", where="clean", fix="use one of them")
    configuration = _configuration(apply, channel, channel_data, terms, keep, mask)
    if output:
        from jiaokan.batch.run import Options

        raise typer.Exit(_into_run(output, inputs, configuration, Options(jobs, files is Files.ALL, time_limit, cluster)))
    found = _found(inputs)
    if not (as_json or diff) and len(found.taken) > 1:
        raise InputError(
            f"{len(found.taken)} documents and one standard output", where="clean", fix="give a folder: -o DIR, or print records: --json"
        )
    failed = False
    for result in _results(found, configuration, jobs):
        if _reported(result):
            failed = True
        elif as_json:
            from jiaokan.report.record import to_json

            _print(to_json(result) + "\n")
        elif diff:
            from rich.console import Console

            from jiaokan.report.difference import side_by_side

            Console().print(side_by_side(result))
        else:
            _print(result.text)
    raise typer.Exit(USAGE if failed and len(found.taken) == 1 else FAILED if failed else 0)


@app.command(epilog=_EXAMPLES + "  jiaokan check page.txt\n  jiaokan check scans/ && echo nothing flagged")
def check(  # noqa: PLR0917 -- the command line, in the order of its help
    inputs: Inputs,
    channel: ChannelOption = Medium.PRINT,
    channel_data: ChannelData = None,
    terms: Terms = None,
    keep: Keep = None,
    mask: Mask = False,
    jobs: Jobs = 1,
) -> None:
    """Say what is wrong and change nothing; exit 1 if anything is flagged or a check fails."""
    from jiaokan.report.findings import findings

    found = _found(inputs)
    wrong = failed = False
    for result in _results(found, _configuration(Apply.CERTAIN, channel, channel_data, terms, keep, mask), jobs):
        if _reported(result):
            failed = True
            continue
        for line in findings(result):
            _print(line + "\n")
        wrong = wrong or bool(result.flags) or any(judged.status == "fail" for judged in result.checks)
    raise typer.Exit(USAGE if failed and len(found.taken) == 1 else FAILED if failed or wrong else 0)


@app.command(epilog=_EXAMPLES + "  jiaokan extract page.txt | jq '.fields.项目名称.value'\n  jiaokan extract scans/ > fields.jsonl")
def extract(  # noqa: PLR0917 -- the command line, in the order of its help
    inputs: Inputs,
    apply: ApplyOption = Apply.CERTAIN,
    channel: ChannelOption = Medium.PRINT,
    channel_data: ChannelData = None,
    terms: Terms = None,
    keep: Keep = None,
    mask: Mask = False,
    jobs: Jobs = 1,
) -> None:
    """Print the fields, indicators and checks of each document, one JSON object a line."""
    from jiaokan.report.record import to_record

    found = _found(inputs)
    failed = False
    wanted = ("id", "source", "family", "region", "fields", "indicators", "checks")
    for result in _results(found, _configuration(apply, channel, channel_data, terms, keep, mask), jobs):
        if _reported(result):
            failed = True
            continue
        record = to_record(result)
        _print(json.dumps({key: record[key] for key in wanted}, ensure_ascii=False) + "\n")
    raise typer.Exit(USAGE if failed and len(found.taken) == 1 else FAILED if failed else 0)


@app.command(
    epilog=_EXAMPLES + "  jiaokan evaluate truth/ ocr/ run -o evaluation\n  jiaokan evaluate page.json page.txt --json | jq '.rates[0]'"
)
def evaluate(
    truth: Annotated[Path, typer.Argument(help="What was printed: JSON or text, a file or folder.", show_default=False)],
    ocr: Annotated[Path, typer.Argument(help="What was read: texts of the same names, in a folder for each engine.", show_default=False)],
    cleaned: Annotated[
        Path | None, typer.Argument(help="What cleaning made of it: a run folder, or texts of the same names.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for evaluation.html, its pages, CSV tables and JSON.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole evaluation as JSON.")] = False,
) -> None:
    """Count the errors of a reading against the truth, before and after cleaning; exit 1 if a document was left out."""
    from jiaokan.evaluate import html, tables, terminal
    from jiaokan.evaluate.measure import Judged, judge_all
    from jiaokan.evaluate.pairs import match
    from jiaokan.evaluate.summary import summarise

    matched = match(truth, ocr, cleaned)

    def results() -> Iterator[Any]:
        for result in judge_all(matched.pairs):
            if output and isinstance(result, Judged):
                html.write_document_page(output, result)
            yield result

    evaluation = summarise(_watched(results(), len(matched.pairs), doing="measuring"), matched.remarks)
    if output:
        tables.write_tables(output, evaluation)
        html.write_page(output, evaluation)
        _say(f"evaluation written into {output}; open {output / html.REPORT}", 0)
    if as_json:
        _print(tables.to_json(evaluation))
    else:
        from rich.console import Console

        Console().print(terminal.render(evaluation))
    raise typer.Exit(FAILED if evaluation.remarks else 0)


@app.command(epilog=_EXAMPLES + "  jiaokan report run\n  jiaokan clean scans/ -o run && jiaokan report run")
def report(run: Annotated[Path, typer.Argument(help="The folder that jiaokan clean -o wrote.", show_default=False)]) -> None:
    """Write the quality report of a run anew from its tables and records: report.html and pages/."""
    from jiaokan.report.page import REPORT, rebuild

    documents = rebuild(run)
    _say(f"report on {documents} documents written; open {run / REPORT}", 0)


@app.command(
    epilog=_EXAMPLES
    + "  jiaokan learn lines.tsv -o my-engine\n  jiaokan learn ocr/ --truth printed/ -o my-engine --add\n"
    + "  jiaokan clean scans/ -o run --channel-data my-engine"
)
def learn(  # noqa: PLR0917 -- the command line, in the order of its help
    pairs: Annotated[
        list[Path],
        typer.Argument(
            help="Tables or JSON lines with ocr and truth; with --truth, texts that were read, or their folders.", show_default=False
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for channel.tsv, card.json and failures.jsonl.", show_default=False)
    ],
    truth: Annotated[
        Path | None, typer.Option("--truth", help="What was printed: JSON or text, by the names of the readings.", show_default=False)
    ] = None,
    family: Annotated[str, typer.Option("--family", help="What to call your engine.")] = "own",
    add: Annotated[bool, typer.Option("--add", help="Add to what the folder holds already.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the card as JSON.")] = False,
) -> None:
    """Count how your engine misreads, from pairs of what was read and what was printed; exit 1 if a pair was left out."""
    from functools import partial

    from jiaokan.learn import learn as count_pairs
    from jiaokan.learn import terminal, write

    learnt = count_pairs(pairs, output, family=family, truth=truth, add=add, watch=partial(_watched, doing="learning"))
    left_out = f", {learnt.left_out:,} left out (see {output / write.FAILURES})" if learnt.left_out else ""
    _say(f"{learnt.pairs:,} pairs learnt from{left_out}; clean with --channel-data {output}", 0)
    if as_json:
        _print(write.to_json(learnt.card))
    else:
        from rich.console import Console

        Console().print(terminal.render(learnt.card))
    raise typer.Exit(FAILED if learnt.left_out else 0)


@app.command(epilog=_EXAMPLES + "  jiaokan schema > record.schema.json")
def schema() -> None:
    """Print the JSON Schema of the record."""
    from jiaokan.report.schema import schema as build

    _print(json.dumps(build(), ensure_ascii=False, indent=1) + "\n")


@dictionary.command("check", epilog=_EXAMPLES + "  jiaokan dictionary check\n  jiaokan dictionary check --terms my-terms.txt")
def check_dictionaries(terms: Terms = None, keep: Keep = None) -> None:
    """Validate every dictionary row by row, and your own term and keep files."""
    from jiaokan.knowledge.check import check as validate

    for name, count in validate(terms, keep):
        _print(f"{name}\t{count} rows\n")


@dictionary.command(epilog=_EXAMPLES + "  jiaokan dictionary lookup 星子县\n  jiaokan dictionary lookup 360483")
def lookup(word: Annotated[str, typer.Argument(help="A place, code, term, label, law or character.", show_default=False)]) -> None:
    """Say what the dictionaries know of a word; exit 1 if nothing."""
    from jiaokan.knowledge.check import lookup as known

    lines = list(known(word))
    for line in lines:
        _print(line + "\n")
    raise typer.Exit(0 if lines else FAILED)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; a user's mistake is a message, never a traceback."""
    try:
        code = int(app(arguments, standalone_mode=False) or 0)
        sys.stdout.flush()  # here, where a full disk can still be told
    except JiaokanError as error:
        return _say(str(error), error.exit_code)
    except typer.Abort:
        return _say("stopped", INTERRUPTED)
    except KeyboardInterrupt:
        return _say("stopped", INTERRUPTED)
    except (BrokenPipeError, SystemExit):  # the second is click's word for the first
        _discard_output()  # the reader has gone; nobody is left to tell
        return 0
    except OSError as error:
        _discard_output()
        return _say(f"standard output: {error.strerror or error}\n  fix: free some space, or write elsewhere", USAGE)
    except Exception as error:  # noqa: BLE001 -- the last line of defence
        if hasattr(error, "format_message"):  # click's own usage errors
            said = error.format_message()
            return _say(f"{said}\n  fix: see jiaokan --help", USAGE) if said else USAGE  # nothing to add to the help
        return _say(f"a bug of ours: {type(error).__name__}: {error}\n  fix: report it with the command and the input", BUG)
    return code


def _discard_output() -> None:
    """Send what is still to be written nowhere, so that the interpreter does not fail on it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def entry() -> None:
    """Run as the `jiaokan` script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    sys.exit(main())


def _found(inputs: list[str]) -> Sources:
    from jiaokan.read.sources import sources

    return sources(inputs)


def _configuration(  # noqa: PLR0917 -- one for each option
    apply: Apply, channel: Medium, channel_data: str | None, terms: str | None, keep: str | None, mask: bool
) -> Configuration:
    from jiaokan.batch.one import Configuration

    return Configuration(apply, channel, channel_data, terms, keep, mask)


def _results(found: Sources, configuration: Configuration, jobs: int) -> Iterable[Any]:
    from jiaokan.batch.local import clean_all

    return _watched(clean_all(found.taken, configuration, jobs=jobs), len(found.taken))


def _into_run(output: str, inputs: list[str], configuration: Configuration, options: Options) -> int:
    from jiaokan.batch.run import write_run
    from jiaokan.read.sources import sources

    found = sources(inputs, without=None if "://" in output else Path(output))
    done = 0
    try:
        with _progress(len(found.taken), "cleaning") as advance:

            def told(number: int) -> None:
                nonlocal done
                done += number
                advance(number)

            outcome = write_run(output, found, configuration, options, told)
    except KeyboardInterrupt:
        return _say(f"stopped after {done:,} of {len(found.taken):,} documents; the same command goes on from there", INTERRUPTED)
    before = f" ({outcome.documents - outcome.cleaned} of them earlier)" if outcome.documents > outcome.cleaned else ""
    failed = f", {outcome.failures} failed (see {output}/failures.jsonl)" if outcome.failures else ""
    left_out = f", {found.left_out} files of other kinds passed over" if found.left_out else ""
    opened = "" if "://" in output else f"; open {Path(output) / 'report.html'}"
    _say(f"{outcome.documents} documents cleaned into {output}{before}{failed}{left_out}{opened}", 0)
    return FAILED if outcome.failures else 0


@contextmanager
def _progress(total: int, doing: str) -> Iterator[Callable[[int], object]]:
    """Give a function that moves a progress bar, where a person is watching a long run."""
    if total == 1 or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=300) as progress:
        task = progress.add_task(doing, total=total, rate="")

        def advance(number: int) -> None:
            progress.advance(task, number)
            speed = progress.tasks[0].speed
            progress.update(task, rate=f"{speed:.1f}/s" if speed else "")

        yield advance


def _watched(results: Iterator[Any], total: int, *, doing: str = "cleaning") -> Iterator[Any]:
    """Yield the results, with a progress bar where a person is watching a long run."""
    with _progress(total, doing) as advance:
        for result in results:
            yield result
            advance(1)


def _reported(result: Document | Failure) -> bool:
    """Say why a document failed, if it did."""
    from jiaokan.batch.one import Failure

    if isinstance(result, Failure):
        _say(f"{result.source}: {result.what}\n  fix: {result.fix}", 0)
        return True
    return False


def _print(text: str) -> None:
    sys.stdout.write(text)


def _say(message: str, code: int) -> int:
    sys.stderr.write(f"jiaokan: {message}\n")
    return code
