"""Files: label files, verification lists, noise manifests, tables, JSON."""
