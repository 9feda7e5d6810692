#!/usr/bin/env bash
# usage: _torchrun.sh SCRIPT PROCESSES ARGS...; several nodes through the environment.
set -euo pipefail

script=$1
processes=$2
shift 2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

if [ "${NNODES:-1}" = 1 ] && [ -z "${PORT:-}" ]; then
    rendezvous=(--standalone) # takes a free port, so that two runs do not collide
else
    rendezvous=(
        --nnodes "${NNODES:-1}" --node_rank "${NODE_RANK:-0}"
        --master_addr "${MASTER_ADDR:-127.0.0.1}" --master_port "${PORT:-29500}"
    )
fi

export PYTHONPATH="$here/..${PYTHONPATH:+:$PYTHONPATH}"
exec "${PYTHON:-python}" -m torch.distributed.run "${rendezvous[@]}" \
    --nproc_per_node "$processes" "$here/$script" "$@" --launcher pytorch
