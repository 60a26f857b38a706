#!/usr/bin/env bash
# The ONNX Runtime library, taken out of its Python wheel into runtime/onnxruntime and checked by sha256.
. "$(dirname "$0")/common.sh"

VERSION=1.31.1
folder=$RUNTIME/onnxruntime
machine=$(uname -m)

[ "$(uname -s)" = Linux ] || die "This set-up fetches ONNX Runtime for Linux only; set ORT_DYLIB_PATH to a library of your own"
pin=$(awk -F '\t' -v m="$machine" '$1 == m' "$SETUP/onnxruntime.tsv")
[ -n "$pin" ] || die "ONNX Runtime $VERSION is known here for x86_64 and aarch64, not for $machine; set ORT_DYLIB_PATH to a library of your own"
IFS=$'\t' read -r _ platform sha256 <<<"$pin"

# The stamp is the last thing written, so with it the library is whole; hashing 29 MB each time would say no more.
stamp="$VERSION $sha256"
[ "$(cat "$folder/VERSION" 2>/dev/null || true)" != "$stamp" ] || [ ! -f "$folder/libonnxruntime.so" ] || exit 0

step "Fetching ONNX Runtime $VERSION (MIT)"
scratch
# The library does not depend on Python's version; naming one lets any python3 fetch it.
python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 --platform "$platform" \
  --dest "$SCRATCH" "onnxruntime==$VERSION" >&2 || die "The Python package onnxruntime==$VERSION could not be fetched; see pip's words above"
python3 - "$SCRATCH" "$VERSION" <<'PY'
import pathlib, shutil, sys, zipfile

folder, version = pathlib.Path(sys.argv[1]), sys.argv[2]
(folder / "new").mkdir()
with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
    for name, to in [
        (f"onnxruntime/capi/libonnxruntime.so.{version}", "libonnxruntime.so"),
        ("onnxruntime/LICENSE", "LICENSE"),
        ("onnxruntime/ThirdPartyNotices.txt", "ThirdPartyNotices.txt"),
    ]:
        with wheel.open(name) as source, open(folder / "new" / to, "wb") as target:
            shutil.copyfileobj(source, target)
PY
found=$(sha256_of "$SCRATCH/new/libonnxruntime.so")
[ "$found" = "$sha256" ] || die "The ONNX Runtime library has sha256 $found where $sha256 was expected; it was thrown away"
printf '%s\n' "$stamp" >"$SCRATCH/new/VERSION"
rm -rf "$folder"
mv "$SCRATCH/new" "$folder"
