"""A family made of a JSON Schema, as other extractors have them: what family.toml says of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from recount.pipeline.draft.drawn import unused
from recount.pipeline.errors import UsageError
from recount.pipeline.map.tables.sheet import bare
from recount.pipeline.split.folding import fold, has_ideograph
from recount.schemas.declared import key_of
from recount.schemas.family import AS_PRINTED


@dataclass(frozen=True, slots=True)
class Imported:
    """A family made of a JSON Schema. said: what family.toml says. left: what it has no words for, a sentence each."""

    said: dict[str, Any]
    left: tuple[str, ...]


def imported(schema: Mapping[str, Any], name: str) -> Imported:
    """A family with the fields of a JSON Schema: objects become sections (figures beside their labels), arrays of
    objects tables by their heads, numbers fields; titles, names and short descriptions are the words for them.

    Raises UsageError for a schema that has no number in its properties, or a reference to nothing.
    """
    reader = _Schema(schema)
    reader.object(schema, name, "amounts", str(schema.get("title", "Amounts")))
    if not (reader.sections or reader.tables):
        raise UsageError("the schema has no property that is a number, in an object or in an array of objects")
    money = None if has_ideograph(str(reader.tables) + str(reader.sections)) else AS_PRINTED
    said: dict[str, Any] = {"name": name, "title": str(schema.get("title", name)), "money": money, "identities": []}
    said |= {"statement": [], "table": reader.tables, "section": reader.sections}
    return Imported(said, tuple(reader.left))


_PERCENT = re.compile(r"(?<![\d ])%|percent|pct|ratio|[率比]$|比[例重]", re.IGNORECASE)
_COUNTED = re.compile(
    r"number|count|quantity|qty|headcount|employees|pieces|shares|[人户件个台辆次]数|数量", re.IGNORECASE
)
_CHECKS = ("enum", "const", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_LONGEST_WORDS = 48


@dataclass(slots=True)
class _Schema:
    """Reads a JSON Schema. root: for references into it."""

    root: Mapping[str, Any]
    tables: list[dict[str, Any]] = field(default_factory=list)
    sections: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def object(self, schema: Mapping[str, Any], at: str, key: str, title: str) -> None:
        """The properties of an object: figures are a section, objects and arrays parts of their own."""
        fields: list[dict[str, Any]] = []
        for own, said in _properties(schema):
            here, inner = f"{at}.{own}", self._meant(said, f"{at}.{own}")
            kind, name = inner.get("type"), str(inner.get("title", _spoken(own)))
            if kind in ("number", "integer"):
                fields.append(self._field(own, inner, here))
            elif kind == "object":
                self._inside(inner, here, own, name)
            elif kind == "array":
                self._array(inner, here, own, name)
            else:
                self.left.append(f"{here}: {kind or 'of no one type'}; only figures are read beside their labels")
        if fields:
            self.sections.append(
                {"key": self._free(key), "title": title, "heading": "", "fields": fields, "identities": []}
            )

    def _inside(self, schema: Mapping[str, Any], at: str, key: str, title: str) -> None:
        if at.count(".") > _DEEPEST:
            self.left.append(f"{at}: an object too deep in others, or in itself")
            return
        self.object(schema, at, key, title)

    def _array(self, schema: Mapping[str, Any], at: str, key: str, title: str) -> None:
        """An array of objects as a table."""
        row = self._meant(schema.get("items", {}), at)
        columns: list[dict[str, Any]] = []
        for own, said in _properties(row):
            inner = self._meant(said, f"{at}.{own}")
            if inner.get("type") in ("number", "integer", "string"):
                columns.append(self._field(own, inner, f"{at}.{own}"))
            else:
                self.left.append(f"{at}.{own}: a column is a number or words")
        if any(column.get("kind") != "text" for column in columns):
            part = {"key": self._free(key), "title": title, "words": "", "columns": columns, "identities": []}
            self.tables.append(part)
        else:
            self.left.append(f"{at}: an array is read as a table where its items are objects with a number")

    def _field(self, own: str, said: Mapping[str, Any], at: str) -> dict[str, Any]:
        """A number or a text, with the words that it is known by."""
        title, told = str(said.get("title", _spoken(own))), str(said.get("description", ""))
        names = [title, _spoken(own), *([told] if told and len(told) <= _LONGEST_WORDS else [])]
        rules = list(dict.fromkeys(re.escape(bare(fold(words))).casefold() for words in names if bare(fold(words))))
        kind = _kind_of(said, f"{own} {title} {told}")
        self.left += [f"{at}: {check} is no identity, and is not kept" for check in _CHECKS if check in said]
        words = {"words": "|".join(rules)} if len(rules) > 1 else {}
        return {"key": _key(own), "title": title, **words} | ({} if kind == "money" else {"kind": kind})

    def _meant(self, said: Any, at: str) -> Mapping[str, Any]:
        """A schema without its reference; of two of which one is null, the other."""
        for _ in range(_DEEPEST * _DEEPEST):
            if not isinstance(said, Mapping):
                return {}
            several = [
                one for key in ("anyOf", "oneOf", "allOf") for one in said.get(key, ()) if one != {"type": "null"}
            ]
            if "$ref" in said:
                said = {
                    **self._at(str(said["$ref"]), at),
                    **{key: said[key] for key in ("title", "description") if key in said},
                }
            elif len(several) == 1:
                said = {**several[0], **{key: said[key] for key in ("title", "description") if key in said}}
            else:
                break
        kind = said.get("type")
        one = [own for own in kind if own != "null"] if isinstance(kind, list) else [kind]
        return {**said, "type": one[0] if len(one) == 1 else None}

    def _at(self, reference: str, at: str) -> Mapping[str, Any]:
        found: Any = self.root
        for step in reference.removeprefix("#").strip("/").split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping) or not reference.startswith("#/"):
            raise UsageError(f"{at}: the schema has no {reference}")
        return found

    def _free(self, key: str) -> str:
        return unused(_key(key), {part["key"] for part in (*self.tables, *self.sections)})


_DEEPEST = 6


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    found = schema.get("properties", {})
    return iter(found.items()) if isinstance(found, Mapping) else iter(())


def _key(own: str) -> str:
    """The name of a property as a key: as it is, where it may be one."""
    return own if key_of(own) == own.casefold() else key_of(own)


def _spoken(key: str) -> str:
    """A name of a property in words: totalAssets, total_assets."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_|-", " ", key).split()
    words = " ".join(word if word.isupper() else word.lower() for word in parted)
    return words[:1].upper() + words[1:]


def _kind_of(said: Mapping[str, Any], words: str) -> str:
    if said["type"] == "string":
        return "text"
    if _PERCENT.search(words):
        return "percent"
    return "count" if said["type"] == "integer" and _COUNTED.search(words) else "money"
