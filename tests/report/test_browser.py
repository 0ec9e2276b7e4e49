"""In a real browser: nothing to complain of, nothing wider than a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SAMPLE = Path(__file__).resolve().parents[2] / "corpus" / "samples" / "jiangxi-fengcheng-yanglao.tsv"
WIDTH = 400
# The page in a frame as wide as a phone, which says how wide it came out and what stands beyond the edge.
PHONE = """<!doctype html><meta charset="utf-8"><iframe style="width:{width}px;height:900px;border:0" srcdoc="{page}"></iframe><script>
document.querySelector("iframe").onload = event => {{
  const page = event.target.contentDocument, wide = [...page.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > {width} + 1)
  document.body.insertAdjacentHTML("beforeend", `<output>${{page.documentElement.scrollWidth}} ${{wide.length}}</output>`)
}}</script>"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this system")


@pytest.mark.parametrize("name", ["report.html", "pages/表.html"])
def test_a_page_is_quiet_and_fits_a_phone(cleaned: Callable[..., Path], tmp_path: Path, name: str) -> None:
    run = cleaned({"表": SAMPLE.read_text(encoding="utf-8"), "a-very-long-name-" * 8: "加强组 织领导，落实工作责任。\n" * 9})
    page = (run / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|url\(", page)
    for opened in (page, page.replace("<details>", "<details open>")):
        phone = tmp_path / "phone.html"
        phone.write_text(PHONE.format(width=WIDTH, page=escape(opened)), encoding="utf-8")
        width, beyond = re.findall(r"<output>(\d+) (\d+)</output>", browse(phone, tmp_path)[0])[0]
        assert (int(width) <= WIDTH, beyond) == (True, "0")
    shown, console = browse(run / name, tmp_path)
    assert "CONSOLE" not in console
    assert "校勘质量报告" in unescape(shown)


def browse(path: Path, profile: Path) -> tuple[str, str]:
    """Return a page as the browser has it, and what its console says."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", f"--user-data-dir={profile / 'profile'}", "--virtual-time-budget=5000"]
    done = subprocess.run([str(CHROMIUM), *options, "--dump-dom", path.as_uri()], capture_output=True, check=True, timeout=120)
    return done.stdout.decode(), done.stderr.decode()
