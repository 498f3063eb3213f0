"""How the nodes of a scheme hang together: order of reckoning, decimals to show, who uses which item value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from core.messages import said
from scoring.engine.problems import Path, Problem
from scoring.engine.scheme import Node
from scoring.engine.steps import Round, StandardScale, Step, operands


def own_steps(node: Node) -> tuple[Step, ...]:
    """Every step that a node applies, its panels' included."""
    panels = (node.panel, *node.panel.groups) if node.panel else ()
    inner = tuple(step for panel in panels for step in panel.steps)
    return (*node.per_judge, *inner, *node.steps)


def _needs(node: Node, vetoes: Mapping[str, list[str]]) -> list[str]:
    found = [child.id for child in node.children]
    found += [node.value_of] if node.value_of else []
    found += [operand.node for step in own_steps(node) for operand in operands(step) if operand.node is not None]
    return found + vetoes.get(node.id, [])


def vetoes_by_node(nodes: Iterable[Node]) -> dict[str, list[str]]:
    """For each node that a veto can zero or cap, the ids of the vetoing aspects."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        if node.veto is not None and node.veto.effect in {"zero", "cap"}:
            found.setdefault(node.veto.node, []).append(node.id)
    return found


def evaluation_order(root: Node, paths: Mapping[str, Path], problems: list[Problem]) -> tuple[str, ...]:
    """Ids of all nodes, each after everything it needs; a circle of references is a mistake."""
    nodes = {node.id: node for node in root.walk()}
    vetoes = vetoes_by_node(nodes.values())
    order: list[str] = []
    done: set[str] = set()
    above: set[str] = set()
    waiting = [(root.id, False)]
    while waiting:
        name, is_ready = waiting.pop()
        if is_ready:
            above.discard(name)
            done.add(name)
            order.append(name)
        elif name in above:
            problems.append(
                Problem(said("「%(label)s」直接或间接引用了自己", label=nodes[name].label), paths.get(name, ()))
            )
        elif name not in done and name in nodes:
            above.add(name)
            waiting.append((name, True))
            waiting += [(needed, False) for needed in reversed(_needs(nodes[name], vetoes))]
    return tuple(order)


def decimals_shown(nodes: Mapping[str, Node], order: Iterable[str]) -> dict[str, int]:
    """Decimal places to show for each node: those of its last rounding, else the most of its parts."""
    places: dict[str, int] = {}
    for name in order:
        node = nodes[name]
        found = max((places[child.id] for child in node.children if child.id in places), default=0)
        if node.value_of:
            found = places.get(node.value_of, 0)
        if node.entry is not None and node.entry.step is not None:
            found = _decimals(node.entry.step)
        for step in own_steps(node):
            if isinstance(step, Round):
                found = step.rounding.places
            elif isinstance(step, StandardScale):
                found = step.places
        places[name] = found if node.decimals is None else node.decimals
    return places


def _decimals(step: Fraction) -> int:
    return next((places for places in range(7) if (step * 10**places).denominator == 1), 0)


def item_users(nodes: Mapping[str, Node], items: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each item value, the ids of the nodes whose rules ask for it."""
    users: dict[str, set[str]] = {name: set() for name in items}
    for node in nodes.values():
        for step in own_steps(node):
            for operand in operands(step):
                if operand.item is not None:
                    users.setdefault(operand.item, set()).add(node.id)
    return {name: frozenset(found) for name, found in users.items()}
