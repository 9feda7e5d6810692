"""Makes ``_base_ = 'nl_plugins::smp/....py'`` work in configs.

The components of this package live in MMPretrain's own registries. MMEngine,
however, marks everything that comes from a ``package::`` base with that
package's name as its scope and looks for registries of that scope. The empty
registries here carry the name and pass every look-up on to MMPretrain's.
"""

from mmengine.config.utils import MODULE2PACKAGE
from mmengine.registry import Registry
from mmpretrain import registry as host

__all__ = ['register_scope']

SCOPE = 'nl_plugins'


def register_scope() -> None:
    """Make the scope ``nl_plugins`` known to MMEngine; safe to call twice."""
    # MMEngine finds the folder of a package by the metadata of its distribution,
    # which do not lie beside the code in an editable install, or else by the file
    # of the module of that name: hence the name of a module, not a distribution.
    MODULE2PACKAGE.setdefault(SCOPE, __name__)
    for name in host.__all__:
        parent = getattr(host, name)
        if SCOPE not in parent.children:
            # A look-up that is passed on does not trigger the parent's imports.
            places = parent._locations
            Registry(parent.name, parent=parent, scope=SCOPE, locations=places)
