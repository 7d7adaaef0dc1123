"""Generates the methods of both clients and the actions of the flow builder, for which protoc has no plugin.

    codegen.py DESCRIPTOR_SET DIRECTORY

The descriptor set contains the comments of the contract, which become docstrings. The contract also determines
which methods are safe to retry, return pages or are watches.
"""

from __future__ import annotations

import keyword
import re
import sys
import textwrap
from pathlib import Path

from google.api import annotations_pb2
from google.protobuf import descriptor_pb2 as d

PACKAGE = "ringdown.v1"
WIDTH = 100
HEADER = '# Generated from the contract by sdks/python/generate. Do not edit.\n"""{about}"""\n\n'

# The end of the contract's comment on idempotency keys, and its replacement: the client creates missing keys.
UNPROTECTED = (
    "If empty, the request is not protected against repetition. In REST, it is the header `Idempotency-Key`."
)
KEYED = "If empty, the client creates one and uses it for all attempts."

Field = d.FieldDescriptorProto
SCALARS = {
    **dict.fromkeys((Field.TYPE_DOUBLE, Field.TYPE_FLOAT), "float"),
    **dict.fromkeys((Field.TYPE_INT32, Field.TYPE_INT64, Field.TYPE_UINT32, Field.TYPE_UINT64), "int"),
    Field.TYPE_BOOL: "bool",
    Field.TYPE_STRING: "str",
    Field.TYPE_BYTES: "bytes",
}
EMPTY = {"float": "0.0", "int": "0", "bool": "False", "str": '""', "bytes": 'b""'}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def parameter(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


class Contract:
    """The messages and services of the package, with their comments."""

    def __init__(self, files: d.FileDescriptorSet) -> None:
        self.files = [file for file in files.file if file.package == PACKAGE]
        self.messages: dict[str, d.DescriptorProto] = {}
        self.about: dict[tuple[str, tuple[int, ...]], str] = {}
        self.home: dict[str, str] = {}
        self.zero: dict[str, str] = {}
        for file in self.files:
            for message in file.message_type:
                self.messages[f".{PACKAGE}.{message.name}"] = message
                self.home[message.name] = file.name
            for enum in file.enum_type:
                self.zero[f".{PACKAGE}.{enum.name}"] = f"v1.{enum.name}.{enum.value[0].name}"
            for location in file.source_code_info.location:
                self.about[file.name, tuple(location.path)] = " ".join(location.leading_comments.split())

    def services(
        self,
    ) -> list[tuple[d.ServiceDescriptorProto, list[tuple[d.MethodDescriptorProto, str]]]]:
        found = []
        for file in self.files:
            for s, service in enumerate(file.service):
                methods = [
                    (m, self.about.get((file.name, (6, s, 2, i)), "")) for i, m in enumerate(service.method)
                ]
                found.append((service, methods))
        return sorted(found, key=lambda pair: pair[0].name)

    def said_of(self, message: d.DescriptorProto, field: int) -> str:
        file = next(file for file in self.files if file.name == self.home[message.name])
        index = [other.name for other in file.message_type].index(message.name)
        return self.about.get((file.name, (4, index, 2, field)), "")

    def map_entry(self, message: d.DescriptorProto, field: Field) -> d.DescriptorProto | None:
        name = field.type_name.rsplit(".", 1)[-1]
        return next((it for it in message.nested_type if it.name == name and it.options.map_entry), None)

    def element(self, field: Field) -> str:
        """Returns the type of a single value of a field."""
        if field.type == Field.TYPE_MESSAGE:
            if field.type_name in (".google.protobuf.FieldMask", ".google.protobuf.Timestamp"):
                return field.type_name.rsplit(".", 1)[-1]
            return f"v1.{field.type_name.removeprefix(f'.{PACKAGE}.')}"
        if field.type == Field.TYPE_ENUM:
            return f"v1.{field.type_name.removeprefix(f'.{PACKAGE}.')}.ValueType"
        return SCALARS[field.type]

    def argument(self, message: d.DescriptorProto, field: Field) -> tuple[str, str]:
        """Returns the type and the default of the parameter for a field."""
        if entry := self.map_entry(message, field):
            key, value = (self.element(it) for it in entry.field)
            return f"Mapping[{key}, {value}] | None", "None"
        element = self.element(field)
        if field.label == Field.LABEL_REPEATED:
            return f"Iterable[{element}]", "()"
        if field.type == Field.TYPE_MESSAGE or field.proto3_optional:
            return f"{element} | None", "None"
        if field.type == Field.TYPE_ENUM:
            return element, self.zero[field.type_name]
        return element, EMPTY[element]


def docstring(about: str, arguments: list[tuple[str, str]], indent: int) -> str:
    """Returns a docstring with a description and parameters, wrapped."""
    pad = " " * indent

    def wrap(text: str, first: str, then: str) -> list[str]:
        text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        return textwrap.wrap(
            text,
            WIDTH - indent,
            initial_indent=first,
            subsequent_indent=then,
            break_long_words=False,
            break_on_hyphens=False,
        )

    lines = wrap(about, "", "")
    said = [line for name, text in arguments if text for line in wrap(text, f"    {name}: ", "        ")]
    if said:
        lines += ["", "Args:", *said]
    if len(lines) == 1 and len(lines[0]) + indent + 6 <= WIDTH and not lines[0].endswith('"'):
        return f'{pad}"""{lines[0]}"""\n'
    lines[0] = f'"""{lines[0]}'
    return "".join(f"{pad}{line}\n" if line else "\n" for line in [*lines, '"""'])


class Rpc:
    """The client's method for an RPC."""

    def __init__(
        self, contract: Contract, service: d.ServiceDescriptorProto, method: d.MethodDescriptorProto
    ) -> None:
        self.contract = contract
        self.name = method.name
        self.path = f"/{PACKAGE}.{service.name}/{method.name}"
        self.request = contract.messages[method.input_type]
        self.response = contract.messages[method.output_type]
        asked = {field.name for field in self.request.field}
        answered = {field.name for field in self.response.field}
        http = method.options.Extensions[annotations_pb2.http]
        reads = method.options.idempotency_level == d.MethodOptions.NO_SIDE_EFFECTS or http.HasField("get")
        self.safe = reads or "idempotency_key" in asked
        self.streams = method.server_streaming
        self.watches = self.streams and "resume_token" in asked
        self.pages = "page_token" in asked and "next_page_token" in answered
        self.lists = not self.streams and (self.pages or method.name.startswith("List"))
        self.body = http.response_body
        hidden = ["page_token"] if self.pages else []
        if taken := asked & {"self", "timeout", "progress"}:
            raise SystemExit(f"{method.name}: {taken} is a parameter of every method")
        self.fields = [(i, field) for i, field in enumerate(self.request.field) if field.name not in hidden]

    def body_field(self) -> Field:
        if self.lists:
            return next(field for field in self.response.field if field.label == Field.LABEL_REPEATED)
        return next(field for field in self.response.field if field.name == self.body)

    def result(self) -> str:
        """Returns the type of the result, or of the elements of an iterator."""
        if self.lists:
            return self.contract.element(self.body_field())
        if self.body:
            field = self.body_field()
            element = self.contract.element(field)
            return f"list[{element}]" if field.label == Field.LABEL_REPEATED else element
        return f"v1.{self.response.name}"

    def constant(self) -> str:
        return snake(self.name).upper()

    def signature(self) -> list[str]:
        lines = []
        for index, (_, field) in enumerate(self.fields):
            kind, default = self.contract.argument(self.request, field)
            # Only the id of the resource is a positional parameter.
            first = index == 0 and field.name in ("id", "call_id")
            if not first and "*" not in lines:
                lines.append("*")
            required = first and not self.name.startswith("Create")
            lines.append(f"{parameter(field.name)}: {kind}" + ("" if required else f" = {default}"))
        if "*" not in lines:
            lines.append("*")
        if self.watches:
            lines.append("progress: bool = False")
        else:
            lines.append("timeout: float | None = None")
        return lines

    def arguments(self) -> list[tuple[str, str]]:
        said = [
            (parameter(field.name), self.contract.said_of(self.request, index).replace(UNPROTECTED, KEYED))
            for index, field in self.fields
        ]
        if self.watches:
            return [
                *said,
                (
                    "progress",
                    "Whether to deliver responses of type progress, which contain only a token.",
                ),
            ]
        seconds = (
            "Deadline of the whole stream, in seconds. None: no limit."
            if self.streams
            else "Deadline of all attempts, in seconds. None: the default of the client."
        )
        return [*said, ("timeout", seconds)]

    def construct(self) -> str:
        """Returns the expression that builds the request."""
        names = [field.name for _, field in self.fields]
        plain = ", ".join(f"{name}={name}" for name in names if not keyword.iskeyword(name))
        words = ", ".join(f'"{name}": {parameter(name)}' for name in names if keyword.iskeyword(name))
        request = f"v1.{self.request.name}({plain})"
        return f"with_words({request}, {{{words}}})" if words else request

    def write(self, about: str, is_async: bool) -> str:
        wait, define = ("await ", "async def") if is_async else ("", "def")
        call = f"METHODS.{self.constant()}, {self.construct()}"
        iterator = "AsyncIterator" if is_async else "Iterator"
        if self.watches:
            define, kind, body = (
                "def",
                f"Watch[v1.{self.request.name}, {self.result()}]",
                f"return self._watch({call}, progress)",
            )
        elif self.streams:
            define, kind, body = (
                "def",
                f"{iterator}[{self.result()}]",
                f"return self._stream({call}, timeout)",
            )
        elif self.lists:
            rows = f"lambda page: page.{self.body_field().name}"
            define, kind, body = (
                "def",
                f"{iterator}[{self.result()}]",
                f"return self._pages({call}, {rows}, timeout)",
            )
        else:
            kind, given = self.result(), f"({wait}self._unary({call}, timeout))"
            if self.body:
                given += f".{self.body}"
                given = f"list({given})" if kind.startswith("list") else given
            body = f"return {given}"
        signature = ", ".join(["self", *self.signature()])
        text = docstring(about, self.arguments(), 8)
        return f"    {define} {snake(self.name)}({signature}) -> {kind}:\n{text}        {body}\n\n"


def write_methods(contract: Contract) -> str:
    code = HEADER.format(about="The RPCs of the contract, and which of them are safe to retry.")
    code += "from ringdown import v1\nfrom ringdown._method import Method\n\n"
    for service, methods in contract.services():
        for method, _ in methods:
            rpc = Rpc(contract, service, method)
            code += f'{rpc.constant()} = Method("{rpc.path}", v1.{rpc.request.name}, v1.{rpc.response.name}, safe={rpc.safe})\n'
    return code


def write_client(contract: Contract, is_async: bool) -> str:
    code = HEADER.format(
        about=f"The methods of the {'asyncio' if is_async else 'blocking'} client, one for each RPC."
    )
    iterator = "AsyncIterator, " if is_async else "Iterator, "
    code += f"from collections.abc import {iterator}Iterable, Mapping\n\n"
    code += "from google.protobuf.field_mask_pb2 import FieldMask\nfrom google.protobuf.timestamp_pb2 import Timestamp\n\n"
    code += "from ringdown import v1\nfrom ringdown.v1 import _methods as METHODS\n"
    code += f"from ringdown.{'_aio_transport' if is_async else '_transport'} import Transport\n"
    code += f"from ringdown.{'_aio_watch' if is_async else '_watch'} import Watch\n\n\n"
    methods = "".join(
        Rpc(contract, service, method).write(about, is_async)
        for service, methods in contract.services()
        for method, about in methods
    )
    if "with_words(" in methods:
        code += "from ringdown._method import with_words\n\n\n"
    return code + 'class Rpcs(Transport):\n    """Every RPC of the contract as a method."""\n\n' + methods


# The fields that become positional parameters. An option with none of these uses its first field.
MAIN = ("destinations", "uri")


def write_action(contract: Contract, member: Field, about: str) -> str:
    option = contract.messages[member.type_name]
    main = next((it.name for it in option.field if it.name in MAIN), None)
    # The sort is stable: all other fields keep the order of the contract.
    fields = sorted(enumerate(option.field), key=lambda pair: pair[1].name != main if main else 0)
    first, rest, given, targets, said = [], [], [], [], []
    for index, field in fields:
        kind, default = contract.argument(option, field)
        name = parameter(field.name)
        if field.name.endswith("target_id"):
            kind = "Target | None"
            targets.append(f'"{field.name}": {name}')
        elif field.name.endswith("target_ids"):
            kind = "Mapping[str, Target] | None"
            targets.append(f'"{field.name}": {name}')
        else:
            given.append(f'"{field.name}": {name}')
        if first:
            rest.append(f"{name}: {kind} = {default}")
        elif kind.startswith("Iterable"):
            # A variable number of positional arguments: connect(one, other).
            first = [f"*{name}: {kind.removeprefix('Iterable[').removesuffix(']')}"]
        else:
            first = [f"{name}: {kind} = {default}", *(["*"] if len(option.field) > 1 else [])]
        said.append((name, contract.said_of(option, index)))
    signature = ", ".join(["self", *first, *rest])
    code = f"    def {parameter(member.name)}({signature}) -> Self:\n{docstring(about, said, 8)}"
    call = f'self._add("{member.name}", {{{", ".join(given)}}}, {{{", ".join(targets)}}})'
    return f"{code}        return {call}\n\n"


def write_actions(contract: Contract) -> str:
    code = HEADER.format(about="The actions of the contract as methods of a flow builder.")
    code += "from __future__ import annotations\n\n"
    code += (
        "from collections.abc import Iterable, Mapping\nfrom typing import Self\n\nfrom ringdown import v1\n"
    )
    code += "from ringdown._steps import Steps, Target\n\n\n"
    code += 'class Actions(Steps):\n    """A method for each action. Each returns a new flow with that action at its end."""\n\n'
    action = contract.messages[f".{PACKAGE}.Action"]
    for index, member in enumerate(action.field):
        if member.HasField("oneof_index"):
            code += write_action(contract, member, contract.said_of(action, index))
    return code


def write_package(contract: Contract) -> str:
    code = HEADER.format(about="The messages and enums of the contract, package `ringdown.v1`.")
    names = []
    for file in sorted(contract.files, key=lambda file: file.name):
        module = Path(file.name).stem + "_pb2"
        here = [it.name for it in (*file.message_type, *file.enum_type)]
        names += here
        code += f"from ringdown.v1.{module} import {', '.join(sorted(here))}\n" if here else ""
    return code + f"\n__all__ = [{', '.join(repr(name) for name in sorted(names))}]\n"


def main() -> None:
    source, directory = sys.argv[1:]
    contract = Contract(d.FileDescriptorSet.FromString(Path(source).read_bytes()))
    target = Path(directory)
    written = {
        "__init__.py": write_package(contract),
        "_methods.py": write_methods(contract),
        "_rpcs.py": write_client(contract, is_async=False),
        "_aio_rpcs.py": write_client(contract, is_async=True),
        "_actions.py": write_actions(contract),
    }
    for name, code in written.items():
        (target / name).write_text(code)


main()
