#!/usr/bin/env bash
# The whole trade on this machine: a local chain makes blocks, a tenant posts an order, the daemon bids, wins, gets the
# manifest, runs the container on the Docker engine, serves it, meters it, draws its earnings, and cleans up at the end.
#
#   ./demo.sh                  runs until Ctrl-C and says where to look
#   ./demo.sh --once           runs one order to its end; exit code 0 only if every stage was seen
#   ./demo.sh --json FILE      also writes the stages with their times in milliseconds since the order was posted
#
# Installs what is missing with apt-get (Docker engine, a local image registry, nftables, nginx ...) and starts it; the package's own nginx service
# is kept from starting, the daemon runs one of its own.
# AGENT_PROGRAM=FILE uses that provider-agent instead of building one. Keeps its state in .demo/, which is made anew by each run.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=scripts/host.sh
. scripts/host.sh

once=0 json=
while [ $# -gt 0 ]; do
    case $1 in
        --once) once=1 ;;
        --json) [ $# -ge 2 ] || die "--json needs a file"; json=$(realpath -m "$2") && shift ;;
        -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0" && exit 0 ;;
        *) die "unknown option $1; try ./demo.sh --help" ;;
    esac
    shift
done
can_be_root || die "the daemon keeps tenants apart with nftables: run this as root, or install sudo"

state=$PWD/.demo
agent=${AGENT_PROGRAM:-$PWD/src/ProviderAgent/bin/Release/net10.0/provider-agent}
sdl=$PWD/demo/web.yaml
provider= dseq= daemon= t0=0

# ---- running things -----------------------------------------------------------------------------------------------

pa() { as_root env ${DOTNET_ROOT:+DOTNET_ROOT="$DOTNET_ROOT"} "$agent" --config "$state/config.yaml" "$@"; }
tenant() { as_root env ${DOTNET_ROOT:+DOTNET_ROOT="$DOTNET_ROOT"} "$agent" devnet --home "$state/chain" --node "http://127.0.0.1:$rpc_port" "$@"; }

# In a session of its own, so that Ctrl-C reaches this script first and things end in the right order.
start() { # LOG PIDFILE ARGUMENT ...
    local log=$1 pidfile=$2
    shift 2
    as_root setsid sh -c 'echo $$ >"$1"; log=$2; shift 2; exec "$@" </dev/null >"$log" 2>&1' sh "$pidfile" "$log" env ${DOTNET_ROOT:+DOTNET_ROOT="$DOTNET_ROOT"} "$agent" "$@" &
}

stop() { # PIDFILE SECONDS
    local pid i
    pid=$(as_root cat "$1" 2>/dev/null) || return 0
    # Only what this script started: a number that was given to another process since then is left alone.
    [ "$(as_root readlink "/proc/$pid/exe" 2>/dev/null)" != "" ] && as_root tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$state" || return 0
    as_root kill -TERM "$pid" 2>/dev/null || return 0
    for i in $(seq $(($2 * 10))); do
        as_root kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    as_root kill -KILL "$pid" 2>/dev/null || true
}

# nginx outlives the daemon on purpose.
stop_ingress() { stop "$state/agent/ingress/nginx/nginx.pid" 5; }

free_port() { # PREFERRED
    local port=$1
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

api() { curl -fsS --noproxy '*' --max-time 5 "http://127.0.0.1:$operator_port$1"; }

until_ok() { # WHAT SECONDS COMMAND ...
    local what=$1 i seconds=$2
    shift 2
    for i in $(seq $((seconds * 10))); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        [ -z "$daemon" ] || alive || { as_root tail -n 15 "$state/daemon.log" >&2 && die "the daemon has ended while waiting for $what; its log is above"; }
        sleep 0.1
    done
    [ ! -f "$state/daemon.log" ] || as_root tail -n 15 "$state/daemon.log" >&2
    die "$what did not happen within $seconds s"
}

alive() { as_root kill -0 "$(as_root cat "$state/daemon.pid")" 2>/dev/null; }
now_ms() { date +%s%3N; }
since_order() { echo $(($(now_ms) - t0)); }
stage() { printf '    %-12s %6s ms  %s\n' "$1" "$2" "$3" >&2; }

# What the engine holds for our provider: containers, networks, volumes.
held() { # KIND
    local filter
    filter=$(jq -rn --arg ours "provider-agent.provider=$provider" '{"label": [$ours]} | tojson | @uri')
    case $1 in
        containers) engine_api "http://engine/containers/json?all=true&filters=$filter" | jq -r '.[].Id' ;;
        networks) engine_api "http://engine/networks?filters=$filter" | jq -r '.[].Id' ;;
        volumes) engine_api "http://engine/volumes?filters=$filter" | jq -r '(.Volumes // [])[].Name' ;;
    esac
}

sweep() { # of what an interrupted run left in the engine
    local id
    [ -n "$provider" ] || return 0
    for id in $(held containers); do engine_api -X DELETE "http://engine/containers/$id?force=true&v=true" >/dev/null; done
    for id in $(held networks); do engine_api -X DELETE "http://engine/networks/$id" >/dev/null; done
    for id in $(held volumes); do engine_api -X DELETE "http://engine/volumes/$id" >/dev/null; done
    # What is still mounted or attached of the tenants' disks, the latest first.
    for id in $(awk -v folder="$state/disks/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | tac); do as_root umount -l "$id"; done
    for id in $(as_root losetup --list --noheadings --output NAME,BACK-FILE | awk -v folder="$state/disks/" 'index($2, folder) == 1 { print $1 }'); do as_root losetup --detach "$id"; done
}

# ---- the end, whatever happened ---------------------------------------------------------------------------------

finish() {
    local status=$?
    trap - EXIT
    trap '' INT TERM
    if [ -n "$dseq" ]; then
        say "closing the tenant's deployment and stopping"
        tenant close "$dseq" >/dev/null 2>&1 || true
        for _ in $(seq 100); do [ -n "$(held containers)$(held networks)" ] || break; sleep 0.1; done
    fi
    stop "$state/daemon.pid" 20
    stop "$state/chain.pid" 10
    stop_ingress
    sweep
    [ "$status" = 0 ] || printf 'the demo failed; logs: %s/daemon.log and %s/chain.log\n' "$state" "$state" >&2
    exit "$status"
}

# ---- set-up -----------------------------------------------------------------------------------------------------

ensure_dotnet
install_packages curl=curl jq=jq nft=nftables mkfs.ext4=e2fsprogs losetup=mount ip=iproute2 iptables=iptables setsid=util-linux nginx=nginx-light
ensure_engine
ensure_registry
ensure_image demo/web 1

if [ -z "${AGENT_PROGRAM:-}" ]; then
    say "building the daemon"
    build_log=$(mktemp)
    dotnet build src/ProviderAgent -c Release --nologo -v quiet >"$build_log" 2>&1 || { cat "$build_log" >&2 && die "the build failed"; }
    rm -f "$build_log"
fi

if [ -d "$state" ]; then # an earlier run that could not clean up after itself
    stop "$state/daemon.pid" 20
    stop "$state/chain.pid" 10
    stop_ingress
    provider=$(as_root cat "$state/provider" 2>/dev/null || true)
    sweep
    as_root rm -rf "$state"
fi
mkdir -p "$state"
# Without loop devices, as inside some containers, nobody can be held to disk space.
disks=auto
[ -e /dev/loop-control ] || disks=none
rpc_port=$(free_port 26657) operator_port=$(free_port 8440) gateway_port=$(free_port 8443)
http_port=$(free_port 8080) https_port=$(free_port 9443)
trap finish EXIT
trap 'exit 130' INT TERM

say "starting a local chain with 1 s blocks"
start "$state/chain.log" "$state/chain.pid" devnet up --home "$state/chain" --listen "127.0.0.1:$rpc_port" --block-time 1s --json
chain_up() { [ -n "$(as_root jq -r .provider "$state/chain.log")" ]; }
until_ok "the local chain" 20 chain_up
provider=$(as_root jq -r .provider "$state/chain.log")
echo "$provider" >"$state/provider"

cat >"$state/config.yaml" <<YAML
# Written by demo.sh. Everything that is not here has its default; see config.example.yaml.
chain:
  endpoints: [{rpc: "http://127.0.0.1:$rpc_port"}]
  key: {file: "$state/chain/provider.key"}
provider:
  host_uri: https://127.0.0.1:$gateway_port
  attributes: {region: demo}
  ingress_domain: ingress.localhost # browsers lead all of .localhost to this machine
inventory:
  keep: {storage: 1Gi}
workloads:
  ports_address: 127.0.0.1
  volumes: {backend: $disks, folder: "$state/disks"}
ingress:
  http: 127.0.0.1:$http_port
  https: 127.0.0.1:$https_port
  tls: {self_made: true}
  nginx: {unit_directory: "$state/none"}
gateway:
  rest: 127.0.0.1:$gateway_port
metering:
  interval: 1s # default 10s; so that the demo need not wait
operator:
  listen: 127.0.0.1:$operator_port
state:
  directory: "$state/agent"
YAML

say "registering the provider $provider on the chain, with its certificate"
pa register >/dev/null 2>"$state/register.log" || { cat "$state/register.log" >&2 && die "the provider could not be registered"; }
pa cert publish >/dev/null 2>"$state/register.log" || { cat "$state/register.log" >&2 && die "the certificate could not be published"; }

say "starting the daemon"
start "$state/daemon.log" "$state/daemon.pid" run --config "$state/config.yaml"
sleep 0.2 && daemon=started
until_ok "the daemon's readiness" 30 api /readyz
before=$(tenant balance "$provider" --json | jq -r '.coins.uact')

# ---- the trade --------------------------------------------------------------------------------------------------

say "a tenant posts an order (demo/web.yaml)"
# A stage's times are from here. The engine forgot the image, so that it has to be pulled from the registry.
engine_api -X DELETE "http://engine/images/$registry_address/demo/web:1" >/dev/null
t0=$(now_ms)
deployed=$(tenant deploy "$sdl" --deposit 5act --json)
dseq=$(jq -r .dseq <<<"$deployed") order_id=$(jq -r '.orders[0]' <<<"$deployed") order=$(since_order)
stage order "$order" "$order_id is in block $(jq -r .height <<<"$deployed")"

bids=$(tenant bids "$dseq" --wait 30s --json)
bid_id=$(jq -r 'first(.bids[] | select(.state == "open")).bid // empty' <<<"$bids")
[ -n "$bid_id" ] || { pa why "$order_id" >&2 || true; die "no bid came within 30 s"; }
bid=$(since_order)
stage bid "$bid" "$(jq -r '.bids[0] | "\(.price) \(.denom) for each block"' <<<"$bids")"

tenant accept "$bid_id" >/dev/null
lease=$(since_order)
stage lease "$lease" "the tenant accepted the bid"

tenant send-manifest "$dseq" "$sdl" >/dev/null
manifest=$(since_order)
stage manifest "$manifest" "the gateway took the manifest"

until_ok "the container's start" 60 sh -c "curl -fsS --noproxy '*' http://127.0.0.1:$operator_port/api/v1/leases | jq -e '.leases[0] | .stage == \"active\" and all(.services[]; .ready == .replicas)'"
running=$(since_order)
container=$(api /api/v1/leases | jq -r '.leases[0].services[0].containers[0][:12]')
stage running "$running" "container $container"

routed() { host=$(tenant status "$dseq" --json | jq -er '.leases[0].status.services.web.uris[0]'); }
until_ok "a host name for the tenant's web server" 20 routed
url=http://$host:$http_port/
# Not every resolver knows .localhost, so curl is told.
page() { curl -fsS --noproxy '*' --max-time 2 --resolve "$host:$http_port:127.0.0.1" "$url"; }
until_ok "an answer of the tenant's web server through nginx" 20 page
http_200=$(since_order)
stage http_200 "$http_200" "$url says: $(page | sed 's/<[^>]*>/ /g' | tr -s ' ')"

samples() { api /metrics | awk '/^provider_usage_readings_total{result="read"}/ { n = $2 } END { print n + 0 }'; }
earned() { api /api/v1/earnings | jq -r '[.withdrawn.uact, .owed.uact] | map((. // "0") | tonumber) | add | floor'; }
enough() { [ "$(samples)" -ge 3 ] && [ "$(earned)" -ge 2 ]; }
until_ok "three samples of usage and some earnings" 60 enough
stage samples "$(since_order)" "$(samples) samples, $(earned) uact earned"

if [ "$once" = 0 ]; then
    say "the lease runs until Ctrl-C; look around:"
    cat >&2 <<TEXT
    the tenant's page     $url      (also https://$host:$https_port/, which only $state/agent/ingress/authority.crt vouches for)
    metrics, health       http://127.0.0.1:$operator_port/metrics  /healthz  /readyz
    the operator's view   $agent -c $state/config.yaml status      (also: leases, bids, earnings, why $order_id)
    the tenant's view     $agent devnet --home $state/chain --node http://127.0.0.1:$rpc_port logs $dseq      (also: status, bids, balance)
    logs                  $state/daemon.log, $state/chain.log
TEXT
    running_on=1
    trap 'running_on=0' INT TERM
    while [ "$running_on" = 1 ] && alive; do
        row=$(api /api/v1/earnings | jq -r '.leases[0] | "\(.owed // "-") owed, \(.cpu_seconds * 1000 | round) ms of processor, \(.memory_byte_seconds / 1073741824 * 100 | round / 100) GiB·s of memory, \(.sent_bytes) bytes sent"') || row="the daemon does not answer"
        printf '\r\033[K    %s' "$row" >&2
        sleep 1 || true
    done
    printf '\n' >&2
    trap '' INT TERM
    alive || die "the daemon has ended; its log is $state/daemon.log"
fi

# ---- the end of the trade ---------------------------------------------------------------------------------------

sample_count=$(samples)
withdrawal=$(pa withdraw --json 2>/dev/null)
stage withdrawn "$(since_order)" "$(jq -r '.withdrawals[0] | "\(.paid), fee \(.fee)"' <<<"$withdrawal")"

tenant close "$dseq" >/dev/null
gone() { [ "$(api /api/v1/leases | jq '.leases | length')" = 0 ]; }
until_ok "the end of the lease" 60 gone
closed=$(since_order)
stage closed "$closed" "the tenant closed the deployment, the container is gone"

settled() { [ "$(api /api/v1/earnings | jq -r '.withdrawn.uact')" = $(($(tenant balance "$provider" --json | jq -r '.coins.uact') - before)) ]; }
until_ok "equal books: what the daemon recorded and what the chain paid" 20 settled
withdrawn_uact=$(api /api/v1/earnings | jq -r '.withdrawn.uact')
reserved=$(api /api/v1/status | jq '[.resources[].used] | add')
leftovers=$({ held containers && held networks && held volumes; } | wc -l)
[ "$reserved" = 0 ] || leftovers=$((leftovers + 1))
dseq=
stage earned "$(since_order)" "$withdrawn_uact uact, as the chain's balance says; $leftovers leftovers"
pa earnings >&2

result=$(jq -n --argjson order "$order" --argjson bid "$bid" --argjson lease "$lease" --argjson manifest "$manifest" --argjson running "$running" \
    --argjson http_200 "$http_200" --argjson samples "$sample_count" --argjson withdrawn_uact "$withdrawn_uact" --argjson closed "$closed" --argjson leftovers "$leftovers" \
    '{schema: 1, $order, $bid, $lease, $manifest, $running, $http_200, $samples, $withdrawn_uact, $closed, $leftovers}')
[ -z "$json" ] || printf '%s\n' "$result" >"$json"
jq -e '.samples >= 3 and .withdrawn_uact > 0 and .leftovers == 0' <<<"$result" >/dev/null || die "a stage is missing: $(jq -c . <<<"$result")"
say "done: every stage was seen"
