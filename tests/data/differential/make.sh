#!/bin/sh
# Builds and runs both versions of a small program, and lets genhtml put its lines into the twelve categories.
# Needs gcc, git and lcov 2. Run it in an empty folder: sh …/tests/data/differential/make.sh
set -eu
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
work=$(pwd)
git init -q .
version() {
  cp "$here/source/calc-$1.c" calc.c
  cp "$here/source/main-$1.c" main.c
  git add calc.c main.c
  git -c user.name=demo -c user.email=demo@example.org commit -q -m "$1"
  # shellcheck disable=SC2086
  gcc $2 --coverage -O0 -o demo calc.c main.c && ./demo
  geninfo . --branch-coverage --output-filename "$here/$3" --quiet
  rm -f ./*.gcda ./*.gcno demo
  sed -i "s,$work/,," "$here/$3"
}
version 1 "" base.info
version 2 -DSECOND head.info
git diff --no-prefix HEAD~1 HEAD > "$here/change.diff"
genhtml --baseline-file "$here/base.info" --diff-file "$here/change.diff" --elide-path-mismatch --branch-coverage \
  --output-directory html "$here/head.info" | sed -n '/^Overall coverage rate/,/^Message/p' | grep -v Message > "$here/genhtml.txt"
