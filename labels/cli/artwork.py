"""The command ``artwork``: an issued label as SVG, PNG or PDF for packaging."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.bundle import read_bundle
from labels.cli.files import write_whole
from labels.cli.show import console
from labels.registry.export import view_of
from labels.registry.state import State
from labels.registry.store import Store, open_store
from labels.render.inks import BLACK, COLOUR, WHITE, Inks, one_ink
from labels.render.packaging import CLEAR_SPACE, Format, Order, SizeName, artwork
from labels.times import now
from labels.verify.attachments import attachments
from labels.view import DocumentView

PUBLIC = "public/"
SIZES: tuple[SizeName, ...] = get_args(SizeName)
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for, unchecked."""

    size: str = "100x70"
    ink: str = ""
    ground: str = ""
    scale: int = 100
    market: str = ""


def make_artwork(serial: str, wish: Wish, output: Path, location: Path, lang: Lang) -> None:
    """Write artwork of a record that stands.

    Raises
    ------
    FindingsError
        ARTWORK-SIZE, ARTWORK-ENDING, CLI-SERIAL, EXPORT-SERIAL-STATE, MARKET-NO-LABEL, and what
        :func:`labels.render.packaging.artwork` refuses.
    IssueError
        As :func:`labels.registry.store.open_store`.
    """
    size, form = _size(wish.size), _format(output)
    order = Order(size, _inks(wish), wish.scale)
    view = issued_view(open_store(location), serial)
    write_whole(output, artwork(view, order, form, market=wish.market))
    space = CLEAR_SPACE[size] * wish.scale / 100
    console(err=True).print(text("cli.written", lang, path=output))
    console(err=True).print(text("artwork.clear_space", lang, space=f"{space:g}"))


def issued_view(store: Store, serial: str) -> DocumentView:
    """Return what the public documents of a standing record are views of.

    Raises
    ------
    FindingsError
        CLI-SERIAL for an unknown serial, EXPORT-SERIAL-STATE for a record that does not stand,
        CHECK-FILE for a stored file that is missing or damaged.
    """
    log = view_of(store)
    files = (log.documents(serial) or {}) if log.entries(serial) else {}
    name = next((name for name in sorted(files) if name.startswith(PUBLIC)), None)
    if name is None:
        raise FindingsError(finding("CLI-SERIAL", Where(path="serial"), serial=serial))
    state = log.status(serial, now(), store.issuer.time_zone)
    if state is not State.ISSUED:
        raise FindingsError(finding("EXPORT-SERIAL-STATE", serial=serial, state=state))
    data = store.blobs.get(files[name])
    if data is None:
        raise FindingsError(finding("CHECK-FILE", name=name))
    return read_bundle(attachments(data)).view()


def _inks(wish: Wish) -> Inks:
    """Return the inks: in colour on white unless an ink or a ground is named."""
    if not wish.ink and not wish.ground:
        return COLOUR
    return one_ink(wish.ink or BLACK, wish.ground or WHITE)


def _size(told: str) -> SizeName:
    for size in SIZES:
        if told == size:
            return size
    raise FindingsError(
        finding("ARTWORK-SIZE", Where(path="size"), size=told, known=", ".join(SIZES))
    )


def _format(output: Path) -> Format:
    for form in FORMATS:
        if output.suffix.lower() == f".{form}":
            return form
    known = ", ".join(f".{form}" for form in FORMATS)
    raise FindingsError(
        finding("ARTWORK-ENDING", Where(file=output.name), ending=output.suffix, known=known)
    )
