# Written by sdks/python/generate from Cargo.toml.
__version__ = "0.1.0"
