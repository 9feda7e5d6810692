_base_ = ['./resnet50_food101n_soft.py']

# The verification labels of 50 of the 101 classes are hidden (Fig. 5 and 6). The paper
# does not say which ones; here the last 50.
custom_hooks = [dict(_base_.cleannet_hook, held_out_classes=list(range(51, 101)))]
