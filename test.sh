#!/usr/bin/env bash
# Builds everything, checks the style, and runs all tests.
#
#   ./test.sh            all tests
#   ./test.sh Bidding    only test projects and tests whose full name contains "Bidding"
#
# Installs what the tests need with apt-get (Docker engine, a local image registry, nftables, promtool, gcc ...) and starts it.
# The last line is "N passed, N failed, N skipped". With CI=true a test whose part is missing fails instead of skipping.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=scripts/host.sh
. scripts/host.sh

filter=${1:-}
ensure_dotnet
install_packages curl=curl jq=jq nft=nftables ip=iproute2 openssl=openssl promtool=prometheus systemd-analyze=systemd busybox=busybox-static gcc=gcc
ensure_engine
ensure_registry
ensure_image test/busybox 1

say "building the stand-ins for the GPU driver's libraries"
tests/fakes/build.sh >/dev/null

say "building"
dotnet build ProviderAgent.sln -c Release --nologo -v quiet
if [ -z "$filter" ]; then
    say "checking the style (dotnet format --verify-no-changes)"
    dotnet format ProviderAgent.sln --verify-no-changes --no-restore
fi

say "running the tests"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0
dotnet test ProviderAgent.sln -c Release --no-build --nologo --blame-hang-timeout 5m --results-directory "$results" \
    ${filter:+--filter "FullyQualifiedName~$filter"} 2>&1 | tee "$results/test.log" || status=$?

awk '/^(Passed|Failed|Skipped)! +- /{gsub(",", ""); for (i = 1; i <= NF; i++) {
         if ($i == "Failed:") f += $(i + 1); if ($i == "Passed:") p += $(i + 1); if ($i == "Skipped:") s += $(i + 1) } n++ }
     END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit !(n && !f) }' "$results/test.log" || status=1
exit "$status"
