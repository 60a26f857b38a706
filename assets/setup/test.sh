#!/usr/bin/env bash
# Every test, part by part; a part that fails does not keep the next from running. Closes with the sum of what ran.
. "$(dirname "$0")/common.sh"

cd "$ROOT"
logs=${CARGO_TARGET_DIR:-$ROOT/target}/test-logs
mkdir -p "$logs"
# All three graphs: the tests take a second look with the middle one where the larger is not the point.
"$BIN/relook" models fetch yolov8n yolov8s yolov8m >&2
passed=0 failed=0 skipped=0
broken=()

# Sums what the runners said: cargo test, unittest, vitest, and mocha under wdio.
# Prints: passed failed skipped
count() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    /^test result: / {
      for (i = 1; i < NF; i++) {
        if ($(i + 1) == "passed;") p += $i
        if ($(i + 1) == "failed;") f += $i
        if ($(i + 1) == "ignored;") s += $i
      }
    }
    /^Ran [0-9]+ tests? in / { ran = $2; bad = 0; left = 0 }
    /^(OK|FAILED)( \(.*\))?$/ && ran != "" {
      line = $0; gsub(/[(),]/, " ", line); n = split(line, word, " ")
      for (i = 1; i <= n; i++) {
        if (word[i] ~ /^(failures|errors)=/) { sub(/.*=/, "", word[i]); bad += word[i] }
        if (word[i] ~ /^skipped=/) { sub(/.*=/, "", word[i]); left += word[i] }
      }
      p += ran - bad - left; f += bad; s += left; ran = ""
    }
    /^ *Tests  / {
      for (i = 1; i < NF; i++) {
        if ($(i + 1) == "passed") p += $i
        if ($(i + 1) == "failed") f += $i
        if ($(i + 1) == "skipped" || $(i + 1) == "todo") s += $i
      }
    }
    / passing( |$)/ { for (i = 1; i < NF; i++) if ($(i + 1) == "passing") p += $i }
    / failing( |$)/ { for (i = 1; i < NF; i++) if ($(i + 1) == "failing") f += $i }
    / pending( |$)/ { for (i = 1; i < NF; i++) if ($(i + 1) == "pending") s += $i }
    END { print p + 0, f + 0, s + 0 }'
}

# part NAME COMMAND…
part() {
  local name=$1 log status=0 p f s
  log=$logs/$name.log
  shift
  step "Tests: $name"
  NO_COLOR=1 "$@" 2>&1 | tee "$log" || status=$?
  read -r p f s < <(count "$log")
  # A part that broke off before it could count is one failure, and so is one that ran nothing at all.
  if [ "$status" != 0 ] && [ "$f" = 0 ]; then f=1; fi
  if [ "$status" = 0 ] && [ "$((p + f))" = 0 ]; then
    say "$name ran no test at all"
    f=1
  fi
  [ "$f" = 0 ] || broken+=("$name")
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

part rust cargo test --workspace --locked --no-fail-fast

if [ -f ui/package.json ]; then part ui npm --prefix ui test; fi

if compgen -G 'tests/reference/test_*.py' >/dev/null; then
  part reference .venv/bin/python -m unittest discover -s tests/reference -p 'test_*.py'
fi

if [ -f tests/e2e/package.json ]; then
  # In software canvas 2D is several times faster this way; a real GPU may be the other way round, so tests only.
  part window env WEBKIT_DISABLE_DMABUF_RENDERER=1 RELOOK_BIN="$BIN" TAURI_DRIVER="$RUNTIME/tools/bin/tauri-driver" \
    xvfb-run -a -s '-screen 0 1440x900x24' dbus-run-session -- npm --prefix tests/e2e test
fi

printf '\n'
[ "${#broken[@]}" = 0 ] || printf 'Failed: %s (logs in %s)\n' "${broken[*]}" "${logs#"$ROOT"/}"
if [ "$skipped" -gt 0 ]; then printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
else printf '%d passed, %d failed\n' "$passed" "$failed"; fi
[ "$failed" = 0 ]
