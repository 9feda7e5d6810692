"""Files: labels, verification lists, noise manifests, features, tables, JSON."""
