"""What a terminal can show: a character that it lacks ends no command."""

from __future__ import annotations

import sys
from typing import Any

from factors.texts import Lang, text


def settle(lang: Lang) -> None:
    """Show ``?`` for what the encoding lacks; where it lacks Chinese, say what to do about it."""
    streams: list[Any] = [one for one in (sys.stdout, sys.stderr) if one is not None]
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    lacking = [one.encoding for one in streams if not writes_chinese(one)]
    if lang == "zh" and lacking and sys.stderr is not None:
        sys.stderr.write(text("cli.no_chinese", "en", encoding=lacking[0]) + "\n")


def writes_chinese(stream: Any) -> bool:
    """Tell whether the encoding of a stream has Chinese characters."""
    try:
        "中文".encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
