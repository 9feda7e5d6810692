_base_ = ['./resnet50_clothing1m_soft.py']

# 7 of the 14 classes without verification labels (not in the paper).
custom_hooks = [dict(_base_.cleannet_hook, held_out_classes=list(range(7, 14)))]
