_base_ = ['./resnet50_clothing1m_soft.py']

# 7 of the 14 classes without verification labels (not in the paper).
_base_.custom_hooks[0].update(held_out_classes=list(range(7, 14)))
custom_hooks = _base_.custom_hooks
