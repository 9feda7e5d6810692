#!/usr/bin/env bash
# datasets 5.2.0 (Python 3.11): two data sets with the classes (cat, dog) and (dog, cat)
# cannot be joined, and the way out that offers itself, second.cast(first.features), makes
# each dog a cat. A cast of a ClassLabel to a ClassLabel with the same names in another
# order, or with wholly other names, keeps the numbers and changes their meaning; a cast
# of a column of texts to the same ClassLabel goes by the names. Nothing is warned of, and
# concatenate_datasets takes the result.
# Valid input: two data sets of two rows each, with the same two names of classes.
# Seen: the second has dog, cat before the cast and cat, dog after it; cast to
# ("ship", "plane") it has ship, plane; the texts dog, cat stay dog, cat.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q datasets==5.2.0 pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
cat > "$folder/cast.py" <<'PYTHON'
from datasets import ClassLabel, Dataset, Features, concatenate_datasets
from datasets import disable_progress_bars

disable_progress_bars()


def features(*names):
    return Features(label=ClassLabel(names=list(names)))


def names(rows):
    return [rows.features['label'].int2str(i) for i in rows['label']]


first = Dataset.from_dict({'label': [0, 1]}, features=features('cat', 'dog'))
second = Dataset.from_dict({'label': [0, 1]}, features=features('dog', 'cat'))
try:
    concatenate_datasets([first, second])
except ValueError as error:
    print('joined as they are:', f'{error}'[:60], '...')
else:
    raise SystemExit('other orders can be joined now')
joined = concatenate_datasets([first, second.cast(first.features)])
other = second.cast(features('ship', 'plane'))
texts = Dataset.from_dict({'label': names(second)}).cast(first.features)
print('second as given: ', names(second))
print('cast and joined: ', names(joined)[2:])
print('cast, other names:', names(other))
print('texts, cast:     ', names(texts))
assert names(second) == ['dog', 'cat']
assert names(joined)[2:] == ['cat', 'dog'], 'a cast goes by the names now'
assert names(other) == ['ship', 'plane']
assert names(texts) == ['dog', 'cat']
print('as stated: a cast to the same names in another order swaps the classes')
PYTHON
HF_HUB_OFFLINE=1 HF_HOME="$folder/home" "$folder/env/bin/python" "$folder/cast.py"
