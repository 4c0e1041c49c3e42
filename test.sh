#!/usr/bin/env bash
# Builds everything, checks the style, and runs all tests.
#
#   ./test.sh            all tests
#   ./test.sh Bidding    only test projects and tests whose full name contains "Bidding"
#
# Installs what the tests need with apt-get (Docker engine, a local image registry, nftables, promtool, gcc, nginx, lego, pebble, miniupnpd ...) and
# starts it. Services of packages are kept from starting: the tests run nginx and pebble themselves, on ports of their own.
# The last line is "N passed, N failed, N skipped". With CI=true a test whose part is missing fails instead of skipping.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=scripts/host.sh
. scripts/host.sh

filter=${1:-}
ensure_dotnet
install_packages curl=curl jq=jq nft=nftables ip=iproute2 miniupnpd=miniupnpd-nftables upnpc=miniupnpc natpmpc=natpmpc openssl=openssl promtool=prometheus systemd-analyze=systemd busybox=busybox-static node=nodejs npm=npm gcc=gcc c++=g++ nginx=nginx-light lego=lego pebble=pebble
ensure_engine
ensure_registry
ensure_image test/busybox 1

say "building the stand-ins for the GPU driver's libraries"
tests/fakes/build.sh >/dev/null

say "building"
# One compiler for all projects does with two thirds of the work; some environments switch it off, so it is asked for by name.
dotnet build ProviderAgent.sln -c Release --nologo -v quiet -p:UseSharedCompilation=true
results=$(mktemp -d)
beside=
trap '[ -z "$beside" ] || kill "$beside" 2>/dev/null; rm -rf "$results"; dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1' EXIT
status=0
run_tests() { # PROJECT ARGUMENT ...
    dotnet test "$@" -c Release --no-build --nologo --blame-hang-timeout 5m --results-directory "$results" 2>&1 | tee -a "$results/test.log" || status=$?
}
run_beside() { # COMMAND ARGUMENT ...
    "$@" >"$results/beside.log" 2>&1 &
    beside=$!
}
wait_beside() { # WHAT-FAILED
    wait "$beside" || { cat "$results/beside.log" >&2 && die "$1"; }
    beside=
}

if [ -n "$filter" ]; then
    say "running the tests"
    run_tests ProviderAgent.sln --filter "FullyQualifiedName~$filter"
else
    # The scenarios try what users get, the program that is compiled ahead of time. That takes a while, so it is done beside the rest.
    say "running the tests of the rooms, and compiling the release beside them"
    run_beside publish_release "$PWD/artifacts/release"
    run_tests ProviderAgent.sln --filter "FullyQualifiedName!~ProviderAgent.Scenarios.Tests"
    wait_beside "the release could not be compiled"
    say "running the scenarios on the released program, and checking the style beside them (dotnet format --verify-no-changes)"
    run_beside dotnet format ProviderAgent.sln --verify-no-changes --no-restore
    AGENT_PROGRAM=$PWD/artifacts/release/provider-agent run_tests tests/Scenarios.Tests
    wait_beside "the style differs from .editorconfig; 'dotnet format ProviderAgent.sln' mends it"
fi

awk '/^(Passed|Failed|Skipped)! +- /{gsub(",", ""); for (i = 1; i <= NF; i++) {
         if ($i == "Failed:") f += $(i + 1); if ($i == "Passed:") p += $(i + 1); if ($i == "Skipped:") s += $(i + 1) } n++ }
     END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit !(n && !f) }' "$results/test.log" || status=1
exit "$status"
