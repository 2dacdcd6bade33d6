"""The page "publish the register": its server block maps the addresses of QR codes."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labels.gtin import digital_link, gtin14
from labels.registry.serial import serial

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "publish-the-register.md"
GTIN = gtin14("6901234567892")
OURS = serial("EXB", 2026, 1, demo=False)
pytestmark = pytest.mark.needs("nginx")

Get = Callable[[str], tuple[int, str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    for name in (OURS, "SAMPLE-1", f"01/{GTIN}"):
        (folder / "register" / "c" / name).mkdir(parents=True)
        (folder / "register" / "c" / name / "index.html").write_text(f"page of {name}")
    for name in ("index", "404"):
        (folder / "register" / "c" / f"{name}.html").write_text(f"page {name}")
    (block,) = re.findall(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    block = block.replace("/srv/register", str(folder / "register"))
    block = block.replace("listen 80;", f"listen 127.0.0.1:{port};")
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;\n"
        f"events {{}}\nhttp {{ access_log off;\n{paths}{block}}}\n"
    )
    folder.chmod(0o755)
    running = subprocess.Popen(["nginx", "-c", conf, "-p", folder], stderr=subprocess.DEVNULL)

    def asked(address: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", address, headers={"Host": "example.org"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    for _ in range(100):
        try:
            asked("/c/")
            break
        except OSError:
            time.sleep(0.1)
    yield asked
    running.terminate()
    running.wait(10)


def path(link: str) -> str:
    return link.removeprefix("https://example.org")


def test_a_serial_leads_to_its_page(get: Get) -> None:
    assert get(f"/c/{OURS}") == (200, f"page of {OURS}")
    assert get("/c/SAMPLE-1")[1] == "page of SAMPLE-1"


def test_a_digital_link_leads_to_the_record_it_names(get: Get) -> None:
    assert GTIN is not None
    link = digital_link("https://example.org/c/", GTIN, OURS)
    assert get(path(link)) == (200, f"page of {OURS}")


@pytest.mark.parametrize(
    "query", ["", "?pcf=", "?pcf=-", "?pcf=EXB-9", "?pcf=../404", "?pcf=..%2f..", "?other=1"]
)
def test_any_other_query_falls_back_to_the_list_of_the_item(get: Get, query: str) -> None:
    assert get(f"/c/01/{GTIN}{query}") == (200, f"page of 01/{GTIN}")


def test_what_was_never_issued_has_a_page_that_says_so(get: Get) -> None:
    for address in ("/c/EXB-9", "/c/01/00000000000000", "/c/../../etc/passwd"):
        status, text = get(address)
        assert status in (400, 404), address
        assert status == 400 or text == "page 404"
