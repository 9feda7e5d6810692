#!/usr/bin/env bash
# Train in several processes on this machine, on GPUs or, where there are none, CPUs:
#     tools/dist_train.sh CONFIG PROCESSES [arguments of train.py]
# Several machines: set NNODES, NODE_RANK, MASTER_ADDR and PORT on each.
set -euo pipefail

if [ $# -lt 2 ]; then
    echo "usage: $0 CONFIG PROCESSES [arguments of train.py]" >&2
    exit 2
fi
config=$1
processes=$2
shift 2
exec bash "$(dirname "$0")/_torchrun.sh" train.py "$processes" "$config" "$@"
