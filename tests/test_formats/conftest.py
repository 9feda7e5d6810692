import pytest


@pytest.fixture
def write(tmp_path):
    """Writes a file and gives its path."""

    def write(content, name='labels.txt'):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write
