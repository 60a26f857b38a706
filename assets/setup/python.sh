#!/usr/bin/env bash
# The Python that independent reference checks run in: .venv, made anew when its list of requirements changed.
. "$(dirname "$0")/common.sh"

cd "$ROOT"
list=tests/reference/requirements.txt
[ -f "$list" ] || exit 0
wanted=$(sha256_of "$list")
[ "$(cat .venv/.relook-requirements 2>/dev/null || true)" != "$wanted" ] || exit 0
python=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
at_least "$python" 3.11 || die "The reference checks need Python 3.11 or newer; here python3 is $python"
step "Making .venv for the reference checks"
rm -rf .venv
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$list" >&2
printf '%s\n' "$wanted" >.venv/.relook-requirements
