"""Measurements that anyone can rerun: most modules are commands (CONTRIBUTING.md lists them), the others what these share."""
