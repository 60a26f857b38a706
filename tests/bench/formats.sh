#!/usr/bin/env bash
# `make bench-formats`: how fast CVAT XML is read and written, against datumaro on the same file in the same run, rounds of
# both by turns; then a million boxes image by image, with the most memory held. Fails only on an error; the table worth
# keeping stands in RESULTS.md.
. "$(dirname "$0")/../../assets/setup/common.sh"

images=${IMAGES:-10000}
rounds=${ROUNDS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$ROOT"
cargo build --release --quiet -p relook-formats --example formats_bench
bench=${CARGO_TARGET_DIR:-$ROOT/target}/release/examples/formats_bench
mkdir -p "$work/set/images"
"$bench" make "$work/set/annotations.xml" "$images" 20 >/dev/null
# datumaro wants each image to be there, but looks at none.
(cd "$work/set/images" && seq -f '%06g.jpg' 0 $((images - 1)) | xargs touch)

# median FILE WORD: of the numbers after this word, one a line.
median() {
  grep -o "$2 [0-9.]*" "$1" | cut -d ' ' -f 2 | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

step "CVAT XML, $images images of 20 boxes, $(($(wc -c <"$work/set/annotations.xml") / 1000000)) MB: seconds, medians of $rounds"
for round in $(seq "$rounds"); do
  "$bench" once "$work/set/annotations.xml" "$work/ours.xml" >>"$work/relook"
  .venv/bin/python tests/bench/formats.py "$work/set" "$work/theirs" >>"$work/datumaro"
  rm -rf "$work/theirs"
  say "round $round: relook $(tail -1 "$work/relook"), datumaro $(tail -1 "$work/datumaro")"
done
cmp "$work/set/annotations.xml" "$work/ours.xml" || die "What was read and written again is not what was read"
printf '%-8s %10s %10s %8s\n' '' relook datumaro times
for what in read write; do
  ours=$(median "$work/relook" "$what")
  theirs=$(median "$work/datumaro" "$what")
  printf '%-8s %10s %10s %8s\n' "$what" "$ours" "$theirs" "$(awk "BEGIN { printf \"%.1f\", $theirs / $ours }")"
done

step "1,000,000 boxes on 50,000 images, one image after the other"
"$bench" make "$work/million.xml" 50000 20
"$bench" stream "$work/million.xml"
