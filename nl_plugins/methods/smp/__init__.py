"""SMP (Han, Luo, Wang; ICCV 2019): labels corrected by class prototypes."""

from . import smp_hook
