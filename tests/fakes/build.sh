#!/usr/bin/env bash
# Builds the libraries that stand in for the GPU driver's. Safe to repeat; prints the folder they are in.
set -euo pipefail
cd "$(dirname "$0")"
out=$PWD/build
mkdir -p "$out"
for pair in nvml/nvml_fake.c:libnvidia-ml.so.1 cuda/cuda_fake.c:libcuda.so.1; do
    source=${pair%%:*} library=${pair#*:}
    [ -e "$source" ] || continue
    if [ ! -e "$out/$library" ] || [ "$source" -nt "$out/$library" ]; then
        # Renamed into place, so that a test that runs meanwhile never loads half a library.
        "${CC:-gcc}" -O2 -g -std=gnu11 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -shared -pthread -Wl,-soname,"$library" -o "$out/$library.$$" "$source"
        mv "$out/$library.$$" "$out/$library"
    fi
done
echo "$out"
