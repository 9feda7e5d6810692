# CIFAR-10 as its authors publish it: `data_root` holds `cifar-10-batches-py/`.
# Another place: set NL_DATA.
data_root = '{{$NL_DATA:data}}/cifar10'

data_preprocessor = dict(
    num_classes=10,
    mean=[125.307, 122.961, 113.8575],
    std=[51.5865, 50.847, 51.255],
    to_rgb=False,  # the pickles are RGB
)
load_image = []
cifar10_train = dict(type='CIFAR10', data_root=data_root, download=False, split='train')
cifar10_test = dict(
    type='CIFAR10', data_root=data_root, download=False, split='test', test_mode=True
)
