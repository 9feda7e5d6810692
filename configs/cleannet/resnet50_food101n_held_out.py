_base_ = ['./resnet50_food101n_soft.py']

# 50 of the 101 classes without verification labels (Fig. 5 and 6). Which ones the
# authors held out is not in the paper: here the last 50.
custom_hooks = [dict(_base_.cleannet_hook, held_out_classes=list(range(51, 101)))]
