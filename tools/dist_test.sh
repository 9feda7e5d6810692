#!/usr/bin/env bash
# Test in several processes on this machine, on GPUs or, where there are none, CPUs:
#     tools/dist_test.sh CONFIG CHECKPOINT PROCESSES [arguments of test.py]
# Several machines: set NNODES, NODE_RANK, MASTER_ADDR and PORT on each.
set -euo pipefail

if [ $# -lt 3 ]; then
    echo "usage: $0 CONFIG CHECKPOINT PROCESSES [arguments of test.py]" >&2
    exit 2
fi
config=$1
checkpoint=$2
processes=$3
shift 3
exec bash "$(dirname "$0")/_torchrun.sh" test.py "$processes" "$config" \
    "$checkpoint" "$@"
