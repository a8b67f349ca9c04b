#!/bin/bash
# format_test: whether the C files have the form that .clang-format gives them. Run by make
# check; skipped without clang-format 14, and in a tarball, which has no .clang-format.
set -euo pipefail
cd "${srcdir:-$(dirname "$0")/..}"

if [ ! -e .clang-format ] || ! command -v clang-format-14 >/dev/null; then
    echo "skipped: .clang-format or clang-format-14 is missing"
    exit 77
fi
tests/format --check || {
    echo "FAULT run tests/format"
    exit 1
}
