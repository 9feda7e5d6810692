# As in the paper, the noise rate is known.
_base_ = ['./digits_sym50.py']

model = dict(
    terms=[dict(type='CoTeaching', peer=_base_.peer, forget_rate=0.5, ramp=10)]
)
