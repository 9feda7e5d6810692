_base_ = ['./baseline.py', '../_base_/methods/smp_guard.py']
