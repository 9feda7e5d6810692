# SMP, section 4: as on Clothing1M, but a tenth every 10 epochs, 30 in all.
_base_ = ['./clothing1m_15e.py']

param_scheduler = dict(step_size=10)
train_cfg = dict(max_epochs=30)
