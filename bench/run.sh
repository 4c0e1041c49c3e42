#!/usr/bin/env bash
# Builds the daemon as it is released and as a plain build, and compares it with its peers and its targets.
#
#   bench/run.sh                                  every bench
#   bench/run.sh idle                             only these: order-to-bid, manifest-to-started, idle
#   bench/run.sh order-to-bid --orders 1000 --json
#
# Installs what is missing with apt-get (Docker engine, a local image registry, nftables ...) and starts it. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/host.sh
. scripts/host.sh

[ "$(id -u)" = 0 ] || die "the daemon keeps tenants apart with nftables: run this as root"
ensure_dotnet
install_packages curl=curl nft=nftables ip=iproute2 iptables=iptables
ensure_engine
ensure_registry
ensure_image bench/web 1
engine_api -X POST "http://engine/images/create?fromImage=$registry_address/bench/web&tag=1" >/dev/null

release=$PWD/artifacts/bench
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { "$@" >"$log" 2>&1 || { cat "$log" >&2 && die "failed: $*"; }; }
say "compiling the daemon as it is released (takes a minute or more)"
quietly publish_release "$release"
say "building the daemon plainly, and the benches"
quietly dotnet build src/ProviderAgent -c Release --nologo -v quiet
quietly dotnet build bench/ProviderAgent.Bench -c Release --nologo -v quiet

say "measuring"
bench/ProviderAgent.Bench/bin/Release/net10.0/ProviderAgent.Bench --agent "$release/provider-agent" \
    --plain-agent "$PWD/src/ProviderAgent/bin/Release/net10.0/provider-agent" --image "$registry_address/bench/web:1" "$@"
