import gc

import pytest
from image_folder import Folder

# MMEngine collects garbage for every dataset; spare it the modules imported so far.
gc.freeze()


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)
