-- SPDX-License-Identifier: LPPL-1.3c
-- Regression tests of the package in three engines: `l3build check` here, or `make test`; `l3build save NAME` after a wanted change.
module = "netikz"
maindir = "."
builddir = os.getenv("NETIKZ_L3BUILD") or "../../../build/l3build"
sourcefiledir = "../../../tex"
sourcefiles = {"netikz.sty", "netikz-theme-*.tex"}
installfiles = {"*.sty", "*.tex"}
unpackfiles = {}
checkengines = {"pdftex", "xetex", "luatex"}
checkruns = 1
checkopts = "-interaction=nonstopmode -no-shell-escape"
