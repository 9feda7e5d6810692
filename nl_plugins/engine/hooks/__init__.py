from .smp_hook import SMPHook
from .supervision_hook import SupervisionHook

__all__ = ['SMPHook', 'SupervisionHook']
