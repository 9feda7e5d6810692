# The paper's second setting: 25 k images have verification labels. The network trains
# on noisy labels only; the prototypes come from the images whose label is right. The
# hook is that of resnet50_clothing1m.py.
_base_ = ['../baseline/resnet50_clothing1m_verified.py']

custom_hooks = [dict(type='SMPHook', start_epoch=6, evaluate_on='test')]
