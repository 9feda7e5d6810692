"""The command line: run configs, comparing runs, checkpoint compatibility."""
