#!/usr/bin/env bash
# label-studio-sdk 2.1.2 (Python 3.11), the converter behind Label Studio's exports: in a
# JSON-MIN export a task that nobody labelled looks like one that a person confirmed. The
# data of a task and the answers are written into one object; a task imported with
# {"label": "cat"}, to have the given label checked, and a `Choices` called "label" share
# the key. An answer overwrites the given label, and no answer, or one submitted empty,
# leaves it in place, with an annotator and an annotation's number in the latter case.
# The CSV export of the same tasks keeps them apart ("label", "_data_label").
# Valid input: a project with three tasks: answered "dog", submitted empty, not opened.
# Seen: JSON-MIN labels dog, cat, cat (annotations 1, 2, None); CSV labels dog, '', ''.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q label-studio-sdk==2.1.2
cat > "$folder/export.py" <<'PYTHON'
import csv
import json
import sys
from pathlib import Path

from label_studio_sdk.converter import Converter

folder = Path(sys.argv[1])
interface = '''<View><Image name="image" value="$image"/>
<Choices name="label" toName="image"><Choice value="cat"/><Choice value="dog"/></Choices>
</View>'''


def annotation(number, *choices):
    about = dict(id='a', from_name='label', to_name='image', type='choices')
    result = [dict(about, value=dict(choices=list(choices)))] if choices else []
    return dict(id=number, completed_by=1, was_cancelled=False, result=result)


annotations = [[annotation(1, 'dog')], [annotation(2)], []]
tasks = [
    dict(id=i, data=dict(image=f'{i}.jpg', label='cat'), annotations=rows)
    for i, rows in enumerate(annotations, 1)
]
(folder / 'tasks.json').write_text(json.dumps(tasks))
converter = Converter(config=interface, project_dir=str(folder))
inputs = dict(input_data=str(folder / 'tasks.json'), is_dir=False)
converter.convert_to_json_min(output_dir=str(folder / 'min'), **inputs)
converter.convert_to_csv(output_dir=str(folder / 'csv'), sep=',', header=True, **inputs)

rows = json.loads((folder / 'min' / 'result.json').read_text())
with open(folder / 'csv' / 'result.csv', newline='') as stream:
    table = list(csv.DictReader(stream))
seen = [(row['id'], row.get('label'), row['annotation_id']) for row in rows]
print('JSON-MIN (task, label, annotation):', seen)
print('CSV (label, given label):', [(row['label'], row['_data_label']) for row in table])
assert seen == [(1, 'dog', 1), (2, 'cat', 2), (3, 'cat', None)], 'JSON-MIN differs now'
assert [row['label'] for row in table] == ['dog', '', '']
print('as stated: unanswered tasks have the given label as if it were an answer')
PYTHON
"$folder/env/bin/python" "$folder/export.py" "$folder"
