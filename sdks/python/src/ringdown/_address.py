"""Addresses of callers and destinations."""

from ringdown.v1 import Address


def tel(number: str, name: str = "") -> Address:
    """Returns the address of a telephone number in E.164: `tel("+15550000001")`."""
    return Address(type="tel", target=number, target_name=name)


def sip(address: str, name: str = "") -> Address:
    """Returns a SIP address, `user@host`."""
    return Address(type="sip", target=address, target_name=name)


def extension(number: str, name: str = "") -> Address:
    """Returns the address of a registered endpoint."""
    return Address(type="extension", target=number, target_name=name)


def email(address: str, name: str = "") -> Address:
    """Returns an email address."""
    return Address(type="email", target=address, target_name=name)
