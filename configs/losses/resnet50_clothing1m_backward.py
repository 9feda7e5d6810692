_base_ = ['./resnet50_clothing1m_forward.py']

model = dict(head=dict(loss=dict(type='BackwardCorrectedLoss')))
