# MentorNet PD as in the authors' code: all images for a fifth of the training, then
# those up to the threshold, and in the last tenth weights that fall in a straight line.
_base_ = ['./digits_sym50.py']

model = dict(
    terms=[
        dict(
            type='MentorNet',
            percentile=0.5,
            width=1.0,
            width_epoch=28,
            start_epoch=7,
        )
    ]
)
