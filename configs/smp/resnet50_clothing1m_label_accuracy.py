# The paper's first setting, on the images of the second: the 25 k verification labels
# are not used, but say how right the given and the corrected labels are (Table 2, Fig.
# 4a). The prototypes are tried on the test images (Table 3's "Initial", Fig. 4b).
_base_ = ['../baseline/resnet50_clothing1m_verified.py']

custom_hooks = [
    dict(type='SMPHook', start_epoch=6, use_verification=False, evaluate_on='test')
]
