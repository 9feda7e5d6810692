_base_ = ['./resnet50_clothing1m_soft.py']

# The verification labels of 7 of the 14 classes are hidden (not in the paper).
custom_hooks = [dict(_base_.cleannet_hook, held_out_classes=list(range(7, 14)))]
