"""The data check looks at features and not for the images behind them."""

from feature_toy import feature_model, features, write_features
from mmengine.config import Config

from nl_plugins.data_check.check import check_data


def test_features_need_no_images(tmp_path):
    train = write_features(tmp_path / 'train')
    val = write_features(tmp_path / 'val', count=15, seed=1)
    cfg = Config(
        dict(
            default_scope='mmpretrain',
            model=feature_model(train),
            train_dataloader=dict(dataset=features(train)),
            val_dataloader=dict(dataset=features(val, test_mode=True)),
            custom_hooks=[dict(type='SMPHook', start_epoch=2)],
        )
    )
    checked = check_data(cfg, 0, False)
    found = [(finding.level, finding.message) for finding in checked.findings]
    assert not [message for level, message in found if level == 'error'], found
    twice = dict(cfg, val_dataloader=dict(dataset=features(train, test_mode=True)))
    checked = check_data(Config(twice), 0, False)
    assert any('val' in str(f.where) + f.message for f in checked.findings)
