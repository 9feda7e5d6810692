#!/usr/bin/env bash
# datasets 5.2.0 (Python 3.11): Dataset.class_encode_column on labels that are integers
# already gives them other numbers. It sorts them as texts, '0', '1', '10', '11', '2', and
# so stores a 2 as 4, a 10 as 2; with ten classes or fewer nothing shows. A model or a
# confusion matrix that knows the old numbers is silently wrong afterwards.
# Valid input: a column of integers, 0 to K - 1, each of which occurs.
# Seen: for K = 10, all labels stay; for K = 12, 10 of 12 get another number
# ([0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 2, 3]).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q datasets==5.2.0 pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
cat > "$folder/encode.py" <<'PYTHON'
from datasets import Dataset, disable_progress_bars

disable_progress_bars()


def encoded(num_classes):
    rows = Dataset.from_dict({'label': list(range(num_classes))})
    labels = list(rows.class_encode_column('label')['label'])
    print(f'{num_classes} classes, 0 to {num_classes - 1} are now: {labels}')
    return labels


assert encoded(10) == list(range(10))
assert encoded(12) == [0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 2, 3], 'the numbers are kept now'
print('as stated: from eleven classes on, integer labels are renumbered')
PYTHON
HF_HUB_OFFLINE=1 HF_HOME="$folder/home" "$folder/env/bin/python" "$folder/encode.py"
