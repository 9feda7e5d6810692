import io
import pickle
import zipfile

import numpy as np
import pytest
import torch

from nl_plugins.formats.label_pickle import load_label_pickle


class Malicious:
    """Creates a file when it is unpickled without care."""

    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return open, (self.marker, 'w')


@pytest.mark.parametrize('dtype', ['<i8', '>i8', '<i4', '>i2', 'u1', 'i1'])
def test_arrays_of_torch_save_are_read_as_int64(tmp_path, dtype):
    path = tmp_path / 'labels.pt'
    labels = np.array([6, 9, 9, 4], dtype=dtype)
    torch.save(dict(clean_label=labels), path)
    content = load_label_pickle(path)
    assert content['clean_label'].tolist() == [6, 9, 9, 4]
    assert content['clean_label'].dtype is np.dtype(np.int64)
    content['clean_label'][0] = 1  # not a view of read-only bytes


@pytest.mark.parametrize('module', ['numpy.core', 'numpy._core'])
def test_pickles_of_numpy_1_and_2_are_read(tmp_path, module):
    content = pickle.dumps(dict(a=np.arange(3)), protocol=2)
    for known in (b'numpy._core.multiarray', b'numpy.core.multiarray'):
        content = content.replace(b'c' + known, f'c{module}.multiarray'.encode())
    (tmp_path / 'labels.pt').write_bytes(content)
    assert load_label_pickle(tmp_path / 'labels.pt')['a'].tolist() == [0, 1, 2]


def test_two_dimensional_and_fortran_arrays_keep_their_shape(tmp_path):
    labels = np.arange(6).reshape(2, 3)
    torch.save(dict(c=labels, f=np.asfortranarray(labels)), tmp_path / 'labels.pt')
    content = load_label_pickle(tmp_path / 'labels.pt')
    assert content['c'].tolist() == content['f'].tolist() == labels.tolist()


@pytest.mark.parametrize('plain', [True, False])
def test_a_malicious_pickle_is_refused_and_not_run(tmp_path, plain):
    path, marker = tmp_path / 'labels.pt', tmp_path / 'owned'
    content = dict(worse_label=Malicious(marker))
    if plain:
        path.write_bytes(pickle.dumps(content))
    else:
        torch.save(content, path)
    with pytest.raises(ValueError, match=r'labels.pt: .* asks for .*\.open') as caught:
        load_label_pickle(path)
    assert 'only dicts of NumPy arrays' in str(caught.value)
    assert not marker.exists()


@pytest.mark.parametrize(
    'name',
    ['builtins getattr', 'builtins eval', 'os system', 'numpy load', 'numpy fromfile'],
)
def test_only_the_four_names_of_an_array_resolve(tmp_path, name):
    module, attribute = name.split()
    stream = f'c{module}\n{attribute}\n.'.encode()
    (tmp_path / 'labels.pt').write_bytes(stream)
    with pytest.raises(ValueError, match=f'asks for {module}.{attribute}'):
        load_label_pickle(tmp_path / 'labels.pt')


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (dict(a=torch.arange(3)), 'torch'),
        (dict(a=np.array([0.5])), 'float64'),
        (dict(a=np.array([{}], dtype=object)), 'object'),
        (np.arange(3), 'expected a dict'),
        ([1, 2], 'expected a dict'),
    ],
)
def test_other_content_is_refused(tmp_path, content, message):
    torch.save(content, tmp_path / 'labels.pt')
    with pytest.raises(ValueError, match=message):
        load_label_pickle(tmp_path / 'labels.pt')


def test_calling_ndarray_is_refused(tmp_path):
    (tmp_path / 'labels.pt').write_bytes(b'cnumpy\nndarray\n(I3\ntR.')
    with pytest.raises(ValueError, match='calls numpy.ndarray'):
        load_label_pickle(tmp_path / 'labels.pt')


def test_other_codecs_are_refused(tmp_path):
    (tmp_path / 'labels.pt').write_bytes(b'c_codecs\nencode\n(Va\nVrot13\ntR.')
    with pytest.raises(ValueError, match='codec'):
        load_label_pickle(tmp_path / 'labels.pt')


@pytest.mark.parametrize(
    'content', [b'', b'hello', b'\x80\x02}', bytes(range(128, 192))]
)
def test_broken_files_are_refused(tmp_path, content):
    (tmp_path / 'labels.pt').write_bytes(content)
    with pytest.raises(ValueError, match=r'labels\.pt'):
        load_label_pickle(tmp_path / 'labels.pt')


def test_other_archives_are_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w') as archive:
        archive.writestr('readme.txt', 'no labels')
    (tmp_path / 'labels.pt').write_bytes(buffer.getvalue())
    with pytest.raises(ValueError, match='no file of torch.save'):
        load_label_pickle(tmp_path / 'labels.pt')


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_label_pickle(tmp_path / 'labels.pt')
