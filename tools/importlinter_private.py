"""A contract for import-linter: modules of certain names belong to their room, and nobody else may import them."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateModules(Contract):
    """`private_names` are module names (`repository`); a room is a direct child of the root package.

    `wiring_rooms` are exempt: those that bind what one room offers to what another asks for.
    """

    private_names = fields.SetField(subfield=fields.StringField())
    wiring_rooms = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        names = set(self.private_names)  # type: ignore[call-overload]
        exempt = set(self.wiring_rooms or ())  # type: ignore[call-overload]
        broken = [
            f"{importer} -> {module}"
            for module in sorted(graph.modules)
            if names & set(module.split(".")[2:])
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if room(importer) not in {room(module), *exempt}
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(f"- {line}: it is private to its room")


def room(module: str) -> str:
    """Return `yuelai.customers` for anything in it."""
    return ".".join(module.split(".")[:2])
