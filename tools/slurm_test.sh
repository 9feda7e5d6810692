#!/usr/bin/env bash
# Test on a Slurm cluster, torchrun under srun:
#     GPUS=8 tools/slurm_test.sh PARTITION JOB_NAME CONFIG CHECKPOINT \
#         [arguments of test.py]
# Also read: GPUS_PER_NODE, CPUS_PER_TASK (per GPU), SRUN_ARGS, PORT, PYTHON.
set -euo pipefail

if [ $# -lt 4 ]; then
    echo "usage: $0 PARTITION JOB_NAME CONFIG CHECKPOINT [arguments of test.py]" >&2
    exit 2
fi
partition=$1
job=$2
config=$3
checkpoint=$4
shift 4
exec bash "$(dirname "$0")/_srun.sh" test.py "$partition" "$job" "$config" \
    "$checkpoint" "$@"
