"""Paper: what a label, a certificate, a report and a seal cost, beside the bare floor of two peers.

All rows are medians of one run. Processor time is told beside the wall clock, because a shared
machine gives a process less than a whole core; the ratios to the peers compare between machines.
The peers draw the same texts, rules, stage bar and QR code at the same places, without anything
else: typst as PDF/A-3b, reportlab as plain PDF.

The floor of certificate and report is the renderer itself: every text of theirs as a bare
paragraph, nothing placed, no table, no drawing, no attachment. A paragraph costs half a millisecond
whatever it says (boxes, styles, lines and tags are Python objects), and a certificate has some 390
texts: no layout brings it under its aim of 120 ms. It takes about twice its floor.
"""

from __future__ import annotations

import copy
import gc
import io
import json
import os
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import escape

import segno
import typst
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from labels.fonts import find
from labels.fonts.fontset import face_bytes
from labels.keys import Purpose
from labels.page import page
from labels.printing import PrintRoom
from labels.render import label
from labels.render.artwork import COLOURS
from labels.render.documents import ALL, _lay_out, machine_fonts, plate
from labels.render.fitting import faces
from labels.render.outline import texts
from labels.render.press import press
from labels.seal import seal
from labels.view import DocumentView
from tests.labels.attested import attested, attested_view
from tests.labels.desk_help import demo_store
from tests.labels.views import body, composed, view

ENTERPRISES, LINES, RUNS = 50, 150, 5
SIZE = (100.0, 70.0)
FONT, BOLD_FONT = "CFSans", "CFSans-Bold"


@dataclass(frozen=True, slots=True)
class Took:
    """Medians of some runs (seconds)."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Item:
    """One text of the label: where it begins (mm), its size (pt) and weight."""

    words: str
    x: float
    y: float
    size: float
    bold: bool


def took(job: Callable[[], object], runs: int = RUNS, pid: int | None = None) -> Took:
    """Measure a job, with the processor time of a child when ``pid`` is given."""
    job()
    walls, times = [], []
    for _ in range(runs):
        start, used = time.perf_counter(), _used(pid)
        job()
        walls.append(time.perf_counter() - start)
        times.append(_used(pid) - used)
        time.sleep(0.15)  # the child clears up after its answer
    return Took(statistics.median(walls), statistics.median(times))


def _used(pid: int | None) -> float:
    """Return the processor seconds of this process, or those of a child."""
    if pid is None:
        own = resource.getrusage(resource.RUSAGE_SELF)
        return own.ru_utime + own.ru_stime
    clock = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
    return int(clock[0]) / 1e9


def long_report() -> DocumentView:
    """Return the sealed copy of a report with 150 lines."""
    made = composed()
    opened = [one.to_json() for one in made.opened]
    lines = [copy.deepcopy(opened[index % len(opened)]) for index in range(LINES)]
    for number, one in enumerate(lines):
        one["line"]["id"] = f"L{number:03}"
    return view(made.fields, disclosures=lines)


def enterprise(number: int) -> tuple[DocumentView, DocumentView]:
    """Return the views of a certificate and of a study report of one enterprise."""
    fields: dict[str, Any] = body()
    name = {"zh": f"示例啤酒{number:02}有限公司", "en": f"Example Brewery {number:02} Ltd."}
    fields["product"]["maker"]["name"] = name
    kind = "certificate_of_conformity"
    return view(attested(kind, fields)), view(fields)


def a_batch(rooms: list[PrintRoom], key: Any) -> int:
    """Draw and seal label, certificate and report of all enterprises; return the files."""

    def one(number: int) -> int:
        certified, studied = enterprise(number)
        room = rooms[number % len(rooms)]
        files = dict(room.documents(certified, forms=("label.pdf", "certificate.pdf")))
        files |= room.documents(studied, forms=("report.pdf",))
        return len([seal(data, key) for data in files.values()])

    def shift(room: int) -> int:
        return sum(map(one, range(room, ENTERPRISES, len(rooms))))

    with ThreadPoolExecutor(len(rooms)) as pool:
        return sum(pool.map(shift, range(len(rooms))))


def items(shown: DocumentView) -> list[Item]:
    """Return the texts of our label with their places: what the peers draw."""
    seen = page(shown)
    laid, _ = label.context(seen, faces(find()))
    words = seen.words
    listed = [
        Item(words.text("label.title").first, 12.2, 2.6, 12.5, True),
        Item(words.text("label.title").second, 12.3, 7.2, 7.4, False),
        Item(seen.number.joined(), 70.0, 5.9, 9.4, True),
        Item(seen.figure, 7.0, 14.0, 37.0, True),
        Item(seen.scale.symbol, 36.0, 14.6, 12.8, True),
        Item(seen.per.joined(), 36.0, 20.6, 8.0, False),
        Item(seen.boundary.joined(), 7.3, 26.6, 6.5, True),
        Item(seen.scope.joined(), 4.0, 30.6, 5.6, False),
    ]
    for block in laid["blocks"]:
        for index, line in enumerate(block.lines):
            listed.append(Item(line.text, 13.4, 45.4 + 2.6 * index, line.size, line.bold))
    for index, stage in enumerate(seen.stages):
        left = 4 + 23.4 * index
        listed += [
            Item(f"{stage.number} {stage.short.first}", left + 3.1, 38.0, 6.4, True),
            Item(stage.short.second, left + 3.1, 40.7, 5.6, False),
            Item(stage.shown, left + 15, 37.5, 8.4, True),
        ]
    facts = (seen.period, *(one.joined() for one in (*seen.rules, seen.electricity, seen.gwp)),
             seen.verifier.joined(), seen.until.joined())  # fmt: skip
    listed += [Item(told, 75.6, 45.3 + 2.46 * at, 5.6, False) for at, told in enumerate(facts)]
    return listed


def bars(shown: DocumentView) -> list[tuple[str, float, float]]:
    """Return colour, left end and width (mm) of the stages."""
    stages = page(shown).stages
    total = float(sum(stage.value for stage in stages))
    found, left = [], 4.0
    for stage in stages:
        wide = 92 * float(stage.value) / total
        found.append((COLOURS[f"s{stage.colour}"], left, wide))
        left += wide
    return found


def modules(shown: DocumentView) -> list[tuple[float, float, float]]:
    """Return the dark squares of the QR code: left, top, side (mm)."""
    rows = list(segno.make(page(shown).url, error="m").matrix_iter(border=4))
    side = 18.4 / len(rows)
    return [(77.6 + x * side, 13 + y * side, side)
            for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]  # fmt: skip


def typst_label(compiler: Any, source: Path, content: Mapping[str, Any]) -> bytes:
    """Draw the label with a warm typst compiler, a text changed each time for its cache."""
    first, *others = content["items"]
    fresh = [[f"{first[0]} {time.perf_counter_ns() % 1000:03}", *first[1:]], *others]
    told = json.dumps({**content, "items": fresh})
    source.with_name("content.json").write_text(told, encoding="utf-8")
    made: bytes = compiler.compile(format="pdf", pdf_standards=["a-3b"])
    return made


TYPST = """#set document(title: "label", date: datetime(year: 2026, month: 11, day: 20))
#set page(width: 100mm, height: 70mm, margin: 0mm)
#set text(font: "CFSans", lang: "zh", top-edge: "ascender")
#let c = json("content.json")
#place(dx: 1.2mm, dy: 1.2mm, rect(width: 97.6mm, height: 67.6mm, stroke: .5mm))
#for b in c.bars { place(dx: b.at(1) * 1mm, dy: 33.4mm, rect(width: b.at(2) * 1mm, height: 3.6mm, fill: rgb(b.at(0)))) }
#for q in c.modules { place(dx: q.at(0) * 1mm, dy: q.at(1) * 1mm, rect(width: q.at(2) * 1mm, height: q.at(2) * 1mm, fill: black)) }
#for t in c.items { place(dx: t.at(1) * 1mm, dy: t.at(2) * 1mm, text(size: t.at(3) * 1pt, weight: if t.at(4) { 700 } else { 400 }, t.at(0))) }
"""  # noqa: E501 - a page of another language


def reportlab_label(listed: list[Item], shown: DocumentView) -> bytes:
    """Draw the label with reportlab, whose fonts are registered."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(SIZE[0] * mm, SIZE[1] * mm), invariant=1)
    canvas.rect(1.2 * mm, 1.2 * mm, 97.6 * mm, 67.6 * mm)
    for colour, left, wide in bars(shown):
        canvas.setFillColor(colour)
        canvas.rect(left * mm, (70 - 37.0) * mm, wide * mm, 3.6 * mm, stroke=0, fill=1)
    canvas.setFillColor("#000000")
    for left, top, side in modules(shown):
        canvas.rect(left * mm, (70 - top - side) * mm, side * mm, side * mm, stroke=0, fill=1)
    for one in listed:
        canvas.setFont(BOLD_FONT if one.bold else FONT, one.size)
        canvas.drawString(one.x * mm, (70 - one.y) * mm - one.size, one.words)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def peers(shown: DocumentView, folder: Path) -> list[tuple[str, Took]]:
    """Measure the label of the same content with typst and reportlab."""
    fonts, listed = find(), items(shown)
    for name, face in (("regular", fonts.regular), ("bold", fonts.bold)):
        (folder / f"{name}.ttf").write_bytes(face_bytes(face))
    for name, file in ((FONT, "regular.ttf"), (BOLD_FONT, "bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    source = folder / "label.typ"
    source.write_text(TYPST, encoding="utf-8")
    content = {
        "items": [[one.words, one.x, one.y, one.size, one.bold] for one in listed],
        "bars": bars(shown),
        "modules": modules(shown),
    }
    (folder / "content.json").write_text(json.dumps(content), encoding="utf-8")
    compiler = typst.Compiler(str(source), root=str(folder), font_paths=[str(folder)],
                              ignore_system_fonts=True)  # fmt: skip
    return [
        (
            "  floor: typst, warm compiler, PDF/A-3b",
            took(partial(typst_label, compiler, source, content)),
        ),
        ("  floor: reportlab, plain PDF", took(partial(reportlab_label, listed, shown))),
    ]


def bare(shown: DocumentView, file: str) -> Took:
    """Measure the floor of a form: each of its texts as a paragraph of the same renderer."""
    fonts = machine_fonts()
    form = next(one for one in ALL if one.file == file)
    contexts, _ = _lay_out(shown, fonts, [form])
    made = plate(form, shown, contexts[form])
    listed = [f"<p>{escape(one.text)}</p>" for one in texts(press(fonts).lay_out(made))]
    body = f'<body style="font-size:3pt;line-height:1">{"".join(listed)}</body>'
    html = f'<html lang="zh-CN"><head><title>x</title></head>{body}</html>'
    plain = replace(made, html=html, attachments=())
    gc.disable()  # as in the print room
    try:
        return took(partial(press(fonts).print, plain), 3)
    finally:
        gc.enable()


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as name, PrintRoom() as room:
        folder = Path(name)
        key = demo_store(folder).key(Purpose.SEAL)
        example, report = view(), long_report()
        certified = attested_view("certificate_of_conformity")
        ask = partial(partial, room.documents)
        pdf = room.documents(example, forms=("label.pdf",))["label.pdf"]
        rows = [
            (
                "label 100 x 70 mm, PDF/A-3u",
                took(ask(example, forms=("label.pdf",)), pid=room.pid),
                0.06,
            ),
            *((told, one, None) for told, one in peers(example, folder)),
            (
                "label 50 x 30 mm",
                took(ask(example, forms=("label-50x30.pdf",)), pid=room.pid),
                None,
            ),
            (
                "certificate, 2 pages, PDF/A-3a",
                took(ask(certified, forms=("certificate.pdf",)), pid=room.pid),
                0.12,
            ),
            ("  floor: the certificate's texts, bare", bare(certified, "certificate.pdf"), None),
            (
                f"report, {LINES} lines, 7 charts, PDF/A-3a",
                took(ask(report, forms=("report.pdf",)), 3, room.pid),
                1.5,
            ),
            ("  floor: the report's texts, bare", bare(report, "report.pdf"), None),
            ("seal of a label", took(partial(seal, pdf, key)), 0.03),
        ]
        floor = rows[1][1].cpu
        print(f"{'rendering, warm, medians':<44}{'wall':>8}{'cpu':>10}{'x typst':>9}{'aim':>9}")
        for told, one, aim in rows:
            wanted = f"{aim * 1000:6.0f} ms" if aim else ""
            print(f"{told:<44}{one.wall * 1000:5.0f} ms{one.cpu * 1000:7.0f} ms"
                  f"{one.cpu / floor:8.1f}x{wanted:>9}")  # fmt: skip
        with PrintRoom() as second:
            second.record()
            start = time.perf_counter()
            made = a_batch([room, second], key)
            seconds = time.perf_counter() - start
        print(f"{ENTERPRISES} enterprises, {made} sealed files, two rooms  {seconds:8.1f} s"
              f"   load {os.getloadavg()[0]:.1f}   aim 60 s on two cores")  # fmt: skip


if __name__ == "__main__":
    main()
