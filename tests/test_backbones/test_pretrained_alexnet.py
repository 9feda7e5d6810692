import torch
from mmpretrain.registry import MODELS


def build(kind, **kwargs):
    return MODELS.build(dict(type=kind, **kwargs))


def test_starts_from_weights_with_torchvisions_names(tmp_path):
    source = build('AlexNet', num_classes=10)  # the last layer will not fit
    torch.save(source.state_dict(), tmp_path / 'alexnet.pth')
    pretrained = dict(type='Pretrained', checkpoint=str(tmp_path / 'alexnet.pth'))
    network = build('PretrainedAlexNet', num_classes=3, init_cfg=pretrained)
    last = network.classifier[-1].weight.clone()
    network.init_weights()
    for name, value in source.state_dict().items():
        if name.startswith('classifier.6.'):
            continue
        assert torch.equal(network.state_dict()[name], value), name
    assert torch.equal(network.classifier[-1].weight, last)
    stock = build('AlexNet', num_classes=3)
    stock.load_state_dict(network.state_dict(), strict=True)


def test_torchvision_has_these_names():
    from torchvision.models import alexnet

    names = build('PretrainedAlexNet', num_classes=1000).state_dict()
    theirs = alexnet().state_dict()
    assert {k: v.shape for k, v in names.items()} == {
        k: v.shape for k, v in theirs.items()
    }
