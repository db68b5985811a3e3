#!/bin/sh
# Runs the tests of a Go package, with the Go that faasc would take. Exits with 77 where there is none.
set -eu
go=$(command -v go || true)
for candidate in /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
  [ -n "$go" ] || { [ -x "$candidate" ] && go=$candidate; }
done
if [ -z "$go" ]; then
  echo "SKIPPED: there is no Go on this host"
  exit 77
fi
cd "$1"
GOTOOLCHAIN=local GOFLAGS=-mod=readonly GOWORK=off "$go" vet .
GOTOOLCHAIN=local GOFLAGS=-mod=readonly GOWORK=off exec "$go" test .
