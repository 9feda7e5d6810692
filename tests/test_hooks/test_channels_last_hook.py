import torch
from mmengine.hooks import Hook
from torch import nn
from toy import build


class Layout(Hook):
    """Whether each 2-D convolution computes with the channels last."""

    def __init__(self):
        self.outputs = []

    def before_train(self, runner):
        for module in runner.model.modules():
            if isinstance(module, nn.Conv2d):
                module.register_forward_hook(self._note)

    def _note(self, module, inputs, output):
        last = output.is_contiguous(memory_format=torch.channels_last)
        self.outputs.append(last and not output.is_contiguous())


def train(folder, hooks, **changes):
    layout = Layout()
    runner = build(folder, hooks, **changes)
    runner.register_hook(layout)
    runner.train()
    return runner, layout.outputs


def test_channels_come_last_and_the_result_is_the_same(tmp_path):
    hook = dict(type='ChannelsLastHook')
    runner, outputs = train(tmp_path / 'last', [hook])
    stock, stock_outputs = train(tmp_path / 'first', [])
    assert outputs
    assert all(outputs)
    assert not any(stock_outputs)
    torch.testing.assert_close(runner.model.state_dict(), stock.model.state_dict())


def test_resumed_runs_are_exact(tmp_path):
    hook = dict(type='ChannelsLastHook')
    whole, _ = train(tmp_path / 'whole', [hook])
    checkpoint = str(tmp_path / 'whole' / 'epoch_1.pth')
    again = dict(resume=True, load_from=checkpoint)
    resumed, outputs = train(tmp_path / 'rest', [hook], **again)
    assert all(outputs)
    expected, found = whole.model.state_dict(), resumed.model.state_dict()
    assert all(torch.equal(expected[key], found[key]) for key in expected)
