#!/usr/bin/env bash
# Builds a version of Traefik from its Go module as a root file system: traefik-build.sh VERSION DIR.
# For versions that the cluster tool has no stand-in of. About four minutes on two cores; Go keeps what it compiled.
# Differs: no dashboard pages, and an empty package in place of the extension that the module refers to and does not contain.
set -euo pipefail
version=$1 dir=$2
work=$(mktemp -d); trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
module=$(GOFLAGS=-mod=mod go mod download -json "github.com/traefik/traefik/v3@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
cp -r "$module" source; chmod -R u+w source; cd source
mkdir -p webui/static pkg/config/dynamic/ext
echo 'no dashboard in this build' >webui/static/index.html
printf 'module github.com/traefik/traefik/dynamic/ext\n\ngo 1.24\n' >pkg/config/dynamic/ext/go.mod
cat >pkg/config/dynamic/ext/ext.go <<'GO'
// Package ext adds nothing to the dynamic configuration.
package ext

type HTTP struct{}

func (in *HTTP) DeepCopyInto(out *HTTP) { *out = *in }

type Router struct{}

func (in *Router) DeepCopyInto(out *Router) { *out = *in }
GO
mkdir -p "$dir/tmp"
CGO_ENABLED=0 go build -mod=mod -trimpath -ldflags="-s -w -X github.com/traefik/traefik/v3/pkg/version.Version=$version" \
  -o "$dir/usr/local/bin/traefik" ./cmd/traefik
