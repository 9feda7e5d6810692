from . import label_posterior_hook
