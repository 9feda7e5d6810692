_base_ = ['../baseline/digits_sym50_verified.py']

# This network memorises all labels. So CleanNet runs before that happens, and only
# once: memorised wrong labels would look right in a second round. The data is small, so
# there are few references and the learning rate is higher.
cleannet_hook = dict(
    type='CleanNetHook',
    start_epoch=6,
    num_references=20,
    training=dict(batch_size=64, lr=3e-4),
)
custom_hooks = [cleannet_hook]
