# Shared by demo.sh and test.sh: brings up what they need of this machine, and says what it does.
# Sourced, not run. Everything is safe to repeat.
# shellcheck shell=bash

docker_sock=/var/run/docker.sock
registry_address=127.0.0.1:5000
dev_state=/var/run/provider-agent-dev # pid files and logs of what these scripts started where there is no systemd

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null 2>&1
}

# install_packages PROGRAM=PACKAGE ...  installs the packages whose program is missing
install_packages() {
    local pair program package missing=()
    for pair in "$@"; do
        program=${pair%%=*} package=${pair#*=}
        PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null 2>&1 || die "these packages are missing and there is no apt-get: ${missing[*]}"
    can_be_root || die "root is needed to install: ${missing[*]}"
    say "installing with apt-get: ${missing[*]}"
    local log policy=
    log=$(mktemp)
    # Packages must not start services behind our back; what is needed is started below.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    local ok=1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
        { as_root apt-get update >>"$log" 2>&1 &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; } || ok=0
    [ -z "$policy" ] || as_root rm -f "$policy"
    if [ "$ok" = 0 ]; then
        tail -n 20 "$log" >&2
        die "apt-get could not install: ${missing[*]}"
    fi
    rm -f "$log"
}

# The .NET SDK that global.json asks for: from the machine, else from the distribution, else from the vendor into the home folder.
ensure_dotnet() {
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
    if [ -x "$HOME/.dotnet/dotnet" ] && ! command -v dotnet >/dev/null 2>&1; then use_home_dotnet; fi
    if command -v dotnet >/dev/null 2>&1 && dotnet --version >/dev/null 2>&1; then return 0; fi
    if command -v apt-get >/dev/null 2>&1 && can_be_root && apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1; then
        install_packages dotnet=dotnet-sdk-10.0
        if dotnet --version >/dev/null 2>&1; then return 0; fi
    fi
    install_packages curl=curl curl=ca-certificates
    say "installing the .NET SDK 10 into $HOME/.dotnet with the vendor's script (https://dot.net/v1/dotnet-install.sh)"
    local script
    script=$(mktemp)
    curl -fsSL --max-time 60 -o "$script" https://dot.net/v1/dotnet-install.sh || die "the .NET install script could not be fetched; install the .NET SDK 10 by hand"
    bash "$script" --channel 10.0 --install-dir "$HOME/.dotnet" >/dev/null || die "the .NET SDK could not be installed; install it by hand"
    rm -f "$script"
    use_home_dotnet
    dotnet --version >/dev/null || die "the .NET SDK in $HOME/.dotnet does not run"
}

use_home_dotnet() {
    export DOTNET_ROOT=$HOME/.dotnet PATH=$HOME/.dotnet:$PATH
}

engine_up() { [ "$(curl -s --noproxy '*' --max-time 5 -o /dev/null -w '%{http_code}' --unix-socket "$docker_sock" http://engine/_ping 2>/dev/null)" = 200 ]; }
registry_up() { [ "$(curl -s --noproxy '*' --max-time 3 -o /dev/null -w '%{http_code}' "http://$registry_address/v2/" 2>/dev/null)" = 200 ]; }

wait_for() { # WHAT TEST-FUNCTION LOG
    local i
    for i in $(seq 300); do
        if "$2"; then return 0; fi
        sleep 0.2
    done
    [ ! -f "$3" ] || as_root tail -n 20 "$3" >&2
    die "$1 did not come up within 60 s"
}

systemd_runs() { [ -d /run/systemd/system ]; }

# A Docker engine that answers. One that somebody else started is used as it is and never stopped.
ensure_engine() {
    install_packages curl=curl
    if engine_up; then return 0; fi
    install_packages dockerd=docker.io iptables=iptables
    can_be_root || die "root is needed to start the Docker engine"
    if systemd_runs; then
        say "starting the Docker engine (systemctl start docker)"
        as_root systemctl start docker
    else
        say "starting the Docker engine (dockerd; there is no systemd here)"
        as_root mkdir -p "$dev_state"
        # A pid file of an engine that was killed keeps the next one from starting.
        as_root rm -f "$dev_state/dockerd.pid" /var/run/docker.pid
        as_root sh -c "PATH=\$PATH:/usr/sbin:/sbin setsid dockerd --live-restore --host unix://$docker_sock --pidfile $dev_state/dockerd.pid </dev/null >>$dev_state/dockerd.log 2>&1 &"
    fi
    wait_for "the Docker engine" engine_up "$dev_state/dockerd.log"
}

# A registry on loopback, so that images are really pulled. The engine trusts 127.0.0.0/8 without TLS.
ensure_registry() {
    if registry_up; then return 0; fi
    install_packages docker-registry=docker-registry
    say "starting a local image registry on $registry_address"
    as_root mkdir -p "$dev_state" /var/lib/provider-agent-dev-registry
    as_root tee "$dev_state/registry.yml" >/dev/null <<CFG
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: /var/lib/provider-agent-dev-registry}
  delete: {enabled: true}
http: {addr: "$registry_address"}
CFG
    as_root sh -c "setsid docker-registry serve $dev_state/registry.yml </dev/null >>$dev_state/registry.log 2>&1 & echo \$! >$dev_state/registry.pid"
    wait_for "the image registry" registry_up "$dev_state/registry.log"
}

image_in_registry() { # REPOSITORY TAG
    [ "$(curl -s --noproxy '*' --max-time 5 -o /dev/null -w '%{http_code}' -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' "http://$registry_address/v2/$1/manifests/$2")" = 200 ]
}

# A small image (static busybox, 2 MB) in the registry; it is removed from the engine, so that a start has to pull it.
ensure_image() { # REPOSITORY TAG
    if image_in_registry "$1" "$2"; then return 0; fi
    install_packages busybox=busybox-static
    say "making the image $registry_address/$1:$2 from busybox and pushing it to the local registry"
    local tmp applet out
    tmp=$(mktemp -d)
    mkdir -p "$tmp/root/bin" "$tmp/root/etc" "$tmp/root/tmp" "$tmp/root/www"
    chmod 1777 "$tmp/root/tmp"
    cp "$(command -v busybox)" "$tmp/root/bin/busybox"
    for applet in $("$tmp/root/bin/busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$tmp/root/bin/$applet"; done
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$tmp/root/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\n' >"$tmp/root/etc/group"
    printf '<h1>It works</h1><p>This page comes from a container that a tenant leased.</p>\n' >"$tmp/root/www/index.html"
    tar -C "$tmp/root" --numeric-owner --owner=0 --group=0 -cf "$tmp/root.tar" .
    engine_api -X POST -H 'Content-Type: application/x-tar' --data-binary "@$tmp/root.tar" \
        "http://engine/images/create?fromSrc=-&repo=$registry_address/$1&tag=$2&changes=CMD%20%5B%22%2Fbin%2Fsh%22%5D&changes=ENV%20PATH%3D%2Fbin" >/dev/null
    rm -rf "$tmp"
    # {} in base64: the engine wants the header even for an open registry.
    out=$(engine_api -X POST -H 'X-Registry-Auth: e30=' "http://engine/images/$registry_address/$1/push?tag=$2")
    case $out in *'"error"'*) die "pushing the image failed: $out" ;; esac
    image_in_registry "$1" "$2" || die "the image is not in the registry after the push: $out"
    engine_api -X DELETE "http://engine/images/$registry_address/$1:$2" >/dev/null
}

engine_api() { as_root curl -sS --noproxy '*' --max-time 120 --unix-socket "$docker_sock" "$@"; }

# The daemon as it is released: machine code for this platform. Linking needs a C compiler.
publish_release() { # FOLDER
    install_packages cc=gcc c++=g++
    # A release restores more than a build, the compiler among it; its lock file stays out of the working tree.
    # The analyzers have their say where the solution is built.
    dotnet publish src/ProviderAgent -c Release -r linux-x64 -o "$1" --nologo -v quiet -p:UseSharedCompilation=true -p:RunAnalyzers=false -p:RestoreLockedMode=false -p:NuGetLockFilePath=obj/release.lock.json
}
