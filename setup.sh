#!/bin/sh
# Set up one checkout: system libraries, a virtual environment with locked packages, the label font.
#
#   sh setup.sh run      what `make demo` needs
#   sh setup.sh test     the same, and what `make test` needs
#   sh setup.sh tools    the outside programs that tests look at our documents with (.ci/run asks for them)
#
# What it changes outside this folder: it installs the system packages named below when they are
# missing (Debian and Ubuntu: apt-get, as root or through sudo; macOS: brew). Nothing else.
# Package sources are those that this machine's apt and pip are set up to use.
set -eu
cd "$(dirname "$0")"

PYTHON=${PYTHON:-python3}
VENV=.venv

# libharfbuzz-subset0 is optional to WeasyPrint, which says nothing without it and renders 11-17 times slower.
DEBIAN_LIBRARIES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-wqy-microhei"
DEBIAN_TOOLS="poppler-utils qpdf libreoffice-calc-nogui nginx-light postgresql softhsm2 strace
    default-jre-headless libpdfbox2-java libjaxb-java libcommons-io-java libbcprov-java"
BREW_LIBRARIES="pango harfbuzz fontconfig"
BREW_TOOLS="poppler qpdf nginx postgresql softhsm"

say() { printf '%s\n' "setup: $*"; }
refuse() { printf '%s\n' "setup: $*" >&2; exit 1; }

# --- this place --------------------------------------------------------------

check_place() {  # $1: megabytes that the environment takes
    [ -w . ] || refuse "no right to write into $(pwd). Clone the project into a folder of your own, as yourself"
    [ ! -x "$VENV/bin/python" ] || return 0
    command -v df >/dev/null 2>&1 || return 0
    free=$(df -Pk . | { read -r _ && read -r _ _ _ kilobytes _ && printf '%s' "$((kilobytes / 1024))"; }) || free=""
    [ "${free:-$1}" -ge "$1" ] \
        || refuse "$free MB are free in $(pwd), $1 MB are needed. Make room, or clone the project onto another disk"
}

# --- system packages ---------------------------------------------------------

missing_debian() {
    for package in "$@"; do
        state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || printf ' %s' "$package"
    done
}

install_debian() {
    missing=$(missing_debian "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1; then
        as_root="sudo"
    else
        refuse "these system packages are missing:$missing. Neither root nor sudo here;" \
            "ask an administrator to run: apt-get install$missing"
    fi
    say "installing system packages:$missing"
    $as_root apt-get update -qq || say "apt-get update failed; trying with the lists at hand"
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
        || refuse "apt-get could not install:$missing. Its message stands above; install them by hand and run again"
}

# Not tested by us: no such machine at hand.
install_brew() {
    command -v brew >/dev/null 2>&1 \
        || refuse "Homebrew is not installed; it is asked for: $*. Install it, or these libraries by other means"
    for formula in "$@"; do
        brew list --formula "$formula" >/dev/null 2>&1 || brew install "$formula" \
            || refuse "brew could not install $formula. Its message stands above; install it by hand and run again"
    done
}

system_packages() {  # $1: names on Debian, $2: names in Homebrew
    case "$(uname -s)" in
        Darwin)
            install_brew $2 ;;
        Linux)
            if command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then
                install_debian $1
            else
                say "no apt-get here: please see to it that the equivalents of these are installed: $1"
            fi ;;
        *)
            refuse "this system ($(uname -s)) is not supported; Debian, Ubuntu or macOS is expected" ;;
    esac
}

# --- Python ------------------------------------------------------------------

check_python() {
    command -v "$PYTHON" >/dev/null 2>&1 \
        || refuse "$PYTHON not found. Install Python 3.11 or newer, or name one: make demo PYTHON=/path/to/python3"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
        || refuse "$PYTHON is $("$PYTHON" -V 2>&1); Python 3.11 or newer is needed: make demo PYTHON=/path/to/python3"
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null \
        || refuse "$PYTHON has no complete venv module. On Debian and Ubuntu: apt-get install python3-venv"
}

virtual_environment() {  # $1: lock file
    [ -x "$VENV/bin/python" ] || { check_python; say "making $VENV"; "$PYTHON" -m venv "$VENV"; }
    say "installing the packages of $1"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$1" \
        || refuse "pip could not install the packages of $1; its message stands above"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
        || refuse "pip could not install this checkout; its message stands above"
}

label_font() {
    for face in Regular Bold; do
        [ -s "share/carbonlabel/fonts/CFSans-$face.ttf" ] && continue
        say "making the label font"
        "$VENV/bin/python" -m labels.fonts build --out share/carbonlabel/fonts && return 0
        say "going on without it: labels are set in WenQuanYi Micro Hei until 'python -m labels.fonts build' succeeds"
        return 0
    done
}

case "${1:-}" in
    run)
        check_place 1000
        system_packages "$DEBIAN_LIBRARIES" "$BREW_LIBRARIES"
        virtual_environment requirements.lock
        label_font ;;
    test)
        check_place 2000
        system_packages "$DEBIAN_LIBRARIES" "$BREW_LIBRARIES"
        virtual_environment requirements-test.lock
        label_font ;;
    tools)
        system_packages "$DEBIAN_TOOLS" "$BREW_TOOLS" ;;
    *)
        refuse "usage: sh setup.sh run|test|tools" ;;
esac
