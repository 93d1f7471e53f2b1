# SPDX-License-Identifier: MIT
# netikz: build, test, demo, install. Everything that is made goes to build/.

VERSION  := $(shell cat VERSION)
PREFIX   ?= /usr/local
BINDIR   ?= $(PREFIX)/bin
LIBDIR   ?= $(PREFIX)/lib
DATADIR  ?= $(PREFIX)/share
TEXDIR   ?= $(DATADIR)/texmf/tex/latex/netikz

B        ?= build
CC       ?= cc
CFLAGS   ?= -O2 -g
PKG_CONFIG ?= pkg-config
# Without zlib netikz builds too, and says so when it meets a .keras archive that is compressed.
OPTIONAL := $(shell $(PKG_CONFIG) --exists zlib && echo zlib)
PACKAGES := yaml-0.1 $(OPTIONAL)

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
  -Wmissing-prototypes -Wcast-qual -Wundef -Wvla -Wformat=2 -Wwrite-strings -Wimplicit-fallthrough \
  -Wswitch-enum -Wdouble-promotion -Wnull-dereference $(if $(CI),-Werror)
CPPFLAGS += -D_POSIX_C_SOURCE=200809L -DNETIKZ_VERSION='"$(VERSION)"' -DNETIKZ_TEXDIR='"$(TEXDIR)"' \
  $(if $(filter zlib,$(OPTIONAL)),-DNETIKZ_ZLIB) -Isrc -Iinclude -Itests $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
LDLIBS   += $(shell $(PKG_CONFIG) --libs $(PACKAGES))

PIPELINE := $(addprefix src/,netikz.c convert.c draw.c draw_panels.c draw_properties.c roundtrip.c)
PROGRAM  := $(filter-out $(PIPELINE),$(wildcard src/*.c))
ROOMS    := $(PIPELINE) $(wildcard src/*/*.c)
UNITS    := $(wildcard tests/unit/test_*.c)
FUZZERS  := $(wildcard tests/fuzz/fuzz_*.c)
# In the bundle for CTAN the package lies beside the sources.
TEXFILES := $(wildcard tex/*.sty tex/*.tex ../tex/netikz.sty ../tex/netikz-theme-*.tex)
object    = $(patsubst %.c,$(B)/obj/%.o,$(1))

.PHONY: all test unit golden torch-table demo bench lint sanitize valgrind fuzz damage install uninstall clean check-floors check-tools pictures paper \
  manual ctan ctan-check install-tex dist gallery
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/netikz $(B)/libnetikz.a

$(B)/obj/%.o: %.c VERSION Makefile
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -MMD -MP -c -o $@ $<

# gcc cannot see that an assertion does not return.
$(B)/obj/tests/%.o: WARNINGS := $(filter-out -Wnull-dereference,$(WARNINGS))

# What tests link with: every room with all its names.
$(B)/rooms.a: $(call object,$(ROOMS))
	@rm -f $@
	$(AR) qcs $@ $^

# What users link with: one object that exports netikz_* alone.
$(B)/libnetikz.a: $(call object,$(ROOMS))
	@rm -f $@ $(B)/libnetikz.o
	$(LD) -r -o $(B)/libnetikz.o $^
	objcopy --wildcard --keep-global-symbol='netikz_*' $(B)/libnetikz.o
	$(AR) rcs $@ $(B)/libnetikz.o

$(B)/netikz: $(call object,$(PROGRAM)) $(B)/rooms.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

-include $(patsubst %.c,$(B)/obj/%.d,$(PROGRAM) $(ROOMS) $(UNITS) $(FUZZERS))

# ---- tests -------------------------------------------------------------------------------------------------

$(B)/unit/%: $(B)/obj/tests/unit/%.o $(B)/rooms.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

# A fuzz target, linked here with a main of its own that replays saved inputs.
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/replay.o $(B)/rooms.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

unit: $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNITS)) $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(FUZZERS))

# FAST=1 leaves out everything that runs TeX.
test: all unit check-floors
	BUILD=$(B) prove $(if $(VERBOSE),-v) tests/*.t $(if $(FAST),,tests/tex/*.t)

# Exports of torchvision against torch and onnx (Debian: python3-torch python3-torchvision python3-onnx): minutes, and GB.
torch-table: all
	/usr/bin/python3 tests/export/torch_models.py --netikz $(B)/netikz --out $(or $(MODELS),$(B)/export) $(NAMES)

# Compares every golden file, or writes them anew: make golden UPDATE=1, then read git diff.
golden: all
	BUILD=$(B) UPDATE=$(UPDATE) prove tests/golden.t tests/errors.t

# No file may include a room above it or beside it.
check-floors:
	@awk -f tests/floors.awk $(wildcard src/*.c src/*.h src/*/*.c src/*/*.h)

sanitize:
	$(MAKE) B=build/sanitize CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all' test FAST=1

valgrind: all unit
	BUILD=$(B) WRAP='valgrind --quiet --error-exitcode=99 --leak-check=full' prove tests/unit.t tests/golden.t

# cppcheck 2.10 stumbles over compound literals (internalAstError); clang-tidy would have the functions of C11's annex K.
TIDY := -*,clang-analyzer-*,bugprone-*,cert-*,readability-function-size,-clang-analyzer-security.insecureAPI.*,-cert-err52-cpp,-cert-err33-c,-cert-dcl37-c,-cert-dcl51-cpp,-bugprone-reserved-identifier,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result,-bugprone-assignment-in-if-condition,-bugprone-branch-clone
lint: check-floors
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	  --suppress=missingIncludeSystem --suppress=internalAstError -Isrc -Iinclude src
	clang-tidy --quiet --checks='$(TIDY)' $(PROGRAM) $(ROOMS) -- -std=c11 $(CPPFLAGS)

# Damaged forms of a dozen saved inputs of each format, under sanitizers.
damage:
	$(MAKE) B=build/sanitize CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all' unit
	BUILD=build/sanitize DAMAGE=all prove tests/hostile.t

FUZZ_SECONDS ?= 60
FUZZ_FLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
fuzz:
	$(MAKE) B=$(B)/fuzzing CC=clang CFLAGS='$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link' fuzz-objects
	for f in $(FUZZERS); do n=$$(basename $$f .c); mkdir -p $(B)/fuzzing/$$n; \
	  clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o $(B)/fuzzing/$$n.run $(B)/fuzzing/obj/$${f%.c}.o $(B)/fuzzing/rooms.a $(LDLIBS) && \
	  $(B)/fuzzing/$$n.run -max_total_time=$(FUZZ_SECONDS) -timeout=25 -rss_limit_mb=2048 -max_len=65536 \
	    -artifact_prefix=$(B)/fuzzing/ $(B)/fuzzing/$$n tests/fuzz/corpus/$${n#fuzz_} || exit 1; done
fuzz-objects: $(B)/rooms.a $(call object,$(FUZZERS))

bench: all
	BUILD=$(B) bench/run

# ---- for people --------------------------------------------------------------------------------------------

check-tools:
	@tests/need-tools

demo: check-tools
	$(MAKE) all
	BUILD=$(B) examples/draw-all

# ---- installation ------------------------------------------------------------------------------------------

install: all
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(LIBDIR)/pkgconfig $(PREFIX)/include $(TEXDIR) \
	  $(DATADIR)/man/man1 $(DATADIR)/netikz $(DATADIR)/bash-completion/completions $(DATADIR)/zsh/site-functions \
	  $(DATADIR)/fish/vendor_completions.d)
	install -m 755 $(B)/netikz $(DESTDIR)$(BINDIR)/netikz
	ln -sf netikz $(DESTDIR)$(BINDIR)/rnetikz
	install -m 644 $(B)/libnetikz.a $(DESTDIR)$(LIBDIR)/libnetikz.a
	install -m 644 include/netikz.h $(DESTDIR)$(PREFIX)/include/netikz.h
	printf 'Name: netikz\nDescription: neural-network figures as TikZ code\nVersion: %s\nRequires.private: %s\nLibs: -L%s -lnetikz\nCflags: -I%s\n' \
	  '$(VERSION)' '$(PACKAGES)' '$(LIBDIR)' '$(PREFIX)/include' > $(DESTDIR)$(LIBDIR)/pkgconfig/netikz.pc
	$(if $(TEXFILES),install -m 644 $(TEXFILES) $(DESTDIR)$(TEXDIR))
	$(B)/netikz list man > $(DESTDIR)$(DATADIR)/man/man1/netikz.1
	$(B)/netikz list schema > $(DESTDIR)$(DATADIR)/netikz/netikz.schema.json
	$(B)/netikz list bash > $(DESTDIR)$(DATADIR)/bash-completion/completions/netikz
	$(B)/netikz list zsh > $(DESTDIR)$(DATADIR)/zsh/site-functions/_netikz
	$(B)/netikz list fish > $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/netikz.fish

uninstall:
	rm -f $(addprefix $(DESTDIR),$(BINDIR)/netikz $(BINDIR)/rnetikz $(LIBDIR)/libnetikz.a $(LIBDIR)/pkgconfig/netikz.pc \
	  $(PREFIX)/include/netikz.h $(DATADIR)/man/man1/netikz.1 $(DATADIR)/netikz/netikz.schema.json \
	  $(DATADIR)/bash-completion/completions/netikz $(DATADIR)/zsh/site-functions/_netikz \
	  $(DATADIR)/fish/vendor_completions.d/netikz.fish)
	rm -f $(addprefix $(DESTDIR)$(TEXDIR)/,$(notdir $(TEXFILES)))

# The package alone, into a texmf tree: make install-tex TEXMF=$HOME/texmf
install-tex:
	@test -n '$(TEXMF)' || { echo "say where: make install-tex TEXMF=$$(kpsewhich -var-value=TEXMFHOME)" >&2; exit 2; }
	install -d $(addprefix $(DESTDIR)$(TEXMF)/,tex/latex/netikz doc/latex/netikz)
	install -m 644 $(TEXFILES) $(DESTDIR)$(TEXMF)/tex/latex/netikz
	install -m 644 tex/latexmkrc-netikz $(DESTDIR)$(TEXMF)/doc/latex/netikz
	@if [ -f '$(DESTDIR)$(TEXMF)/ls-R' ]; then mktexlsr '$(DESTDIR)$(TEXMF)'; fi

# The manual, build/manual/netikz.pdf.
manual: all
	BUILD=$(B) docs/manual/typeset

# Every example, spec beside picture: build/gallery/gallery.pdf and PNGs.
gallery: all
	BUILD=$(B) docs/gallery/typeset

# What is uploaded to CTAN, and a check of its rules.
ctan: manual
	BUILD=$(B) .ci/ctan

ctan-check: ctan
	BUILD=$(B) .ci/ctan-check

# For users without a compiler: the sources, and a program that needs no libraries, with the package beside it where it finds it.
DIST := $(B)/dist
HERE := netikz-$(VERSION)-$(shell uname -s | tr A-Z a-z)-$(shell uname -m)
dist:
	rm -rf $(DIST) && mkdir -p $(DIST)/$(HERE)/tex $(DIST)/$(HERE)/completions
	git archive --prefix=netikz-$(VERSION)/ HEAD | gzip -9n > $(DIST)/netikz-$(VERSION).tar.gz
	$(MAKE) B=$(B)/static LDFLAGS='-static -s' $(B)/static/netikz
	cp $(B)/static/netikz README.md LICENSE LICENSE-LPPL LICENSE-MIT $(DIST)/$(HERE)
	ln -s netikz $(DIST)/$(HERE)/rnetikz
	cp $(TEXFILES) tex/latexmkrc-netikz $(DIST)/$(HERE)/tex
	$(DIST)/$(HERE)/netikz list man > $(DIST)/$(HERE)/netikz.1
	$(DIST)/$(HERE)/netikz list schema > $(DIST)/$(HERE)/netikz.schema.json
	for shell in bash zsh fish; do $(DIST)/$(HERE)/netikz list $$shell > $(DIST)/$(HERE)/completions/$$shell || exit 1; done
	tar -C $(DIST) --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - $(HERE) | gzip -9n > $(DIST)/$(HERE).tar.gz
	@rm -r $(DIST)/$(HERE) && ls -l $(DIST)

clean:
	rm -rf build

# The pictures of the README, made by the program itself.
pictures: all
	mkdir -p docs/pictures
	for name in vgg16 inception_fig5 unet transformer resnet34 alexnet_towers lstm_olah dropout inception_resnet; do \
	  $(B)/netikz pdf examples/$$name.yaml --dpi=160 -o docs/pictures/$$name.png || exit 1; done

# The example paper, in build/paper.
paper: all
	mkdir -p $(B)/paper
	for name in lenet5 vgg16 inception_fig5 resnet34 unet; do \
	  $(B)/netikz draw examples/$$name.yaml -o $(B)/paper/$$name.tikz || exit 1; done
	cp examples/paper/paper.tex tex/netikz.sty $(B)/paper
	cd $(B)/paper && pdflatex -interaction=nonstopmode -halt-on-error paper >/dev/null && \
	  pdflatex -interaction=nonstopmode -halt-on-error paper >/dev/null && echo "The paper is $$PWD/paper.pdf"
