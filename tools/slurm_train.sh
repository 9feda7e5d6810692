#!/usr/bin/env bash
# Train on a Slurm cluster, torchrun under srun:
#     GPUS=16 GPUS_PER_NODE=8 tools/slurm_train.sh PARTITION JOB_NAME CONFIG WORK_DIR \
#         [arguments of train.py]
# Also read: CPUS_PER_TASK (per GPU), SRUN_ARGS, PORT, PYTHON.
set -euo pipefail

if [ $# -lt 4 ]; then
    echo "usage: $0 PARTITION JOB_NAME CONFIG WORK_DIR [arguments of train.py]" >&2
    exit 2
fi
partition=$1
job=$2
config=$3
work_dir=$4
shift 4
exec bash "$(dirname "$0")/_srun.sh" train.py "$partition" "$job" "$config" \
    --work-dir "$work_dir" "$@"
