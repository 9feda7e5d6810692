_base_ = 'nl_plugins::baseline/digits_sym50.py'

custom_imports = dict(imports=['nl_plugins', 'agreement_hook'])
custom_hooks = [dict(type='AgreementHook', start_epoch=7)]
