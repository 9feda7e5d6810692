#!/usr/bin/env bash
# usage: _srun.sh SCRIPT PARTITION JOB_NAME ARGS...; sizes through the environment.
# One task per node; torchrun starts the processes of the node and connects them.
set -euo pipefail

script=$1
partition=$2
job=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
gpus=${GPUS:-8}
per_node=${GPUS_PER_NODE:-$((gpus < 8 ? gpus : 8))}
if [ $((gpus % per_node)) != 0 ]; then
    echo "GPUS ($gpus) is not a multiple of GPUS_PER_NODE ($per_node)" >&2
    exit 2
fi

export PYTHONPATH="$here/..${PYTHONPATH:+:$PYTHONPATH}"
# shellcheck disable=SC2086,SC2016 # SRUN_ARGS is a list; the node expands the rest
exec srun --partition "$partition" --job-name "$job" --gres "gpu:$per_node" \
    --nodes "$((gpus / per_node))" --ntasks-per-node 1 \
    --cpus-per-task "$((per_node * ${CPUS_PER_TASK:-5}))" --kill-on-bad-exit=1 \
    ${SRUN_ARGS:-} bash -c '
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
exec "${PYTHON:-python}" -m torch.distributed.run --nnodes "$SLURM_NNODES" \
    --nproc_per_node "$1" --rdzv_id "$SLURM_JOB_ID" --rdzv_backend c10d \
    --rdzv_endpoint "$head:${PORT:-29500}" "${@:2}" --launcher pytorch
' bash "$per_node" "$here/$script" "$@"
