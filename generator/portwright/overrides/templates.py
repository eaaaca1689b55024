"""The templates of a repository: in a sandbox, with strict names, and faults at their place."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NoReturn

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from portwright.diagnostics import Span, error
from portwright.overrides import Fault
from portwright.overrides.builtin import PREFIX, TEMPLATES

# Of all loops over numbers in one block; what a view has is never more than a contract.
_MOST_STEPS = 100_000
_OF_VIEW = re.compile(r"'portwright\.overrides\.views\.(\w+) object'")


class Templates:
    """Templates by the path of the built-in one that each overrides, from the folder `folder`.

    `sources` has partials, too, which are included and override nothing; `digest` is that of all.
    """

    def __init__(self, folder: str, sources: Mapping[str, str]) -> None:
        self._folder = folder
        self._steps = 0
        self.digest = sha256(repr(sorted(sources.items())).encode("utf-8")).hexdigest()
        self.environment = environment(folder, sources)
        self.environment.globals["range"] = self._range
        self._blocks = {
            name: set(self.environment.get_template(name).blocks)
            for name in sources
            if name in TEMPLATES
        }

    def file(self, template: str) -> str:
        """The path of the template that overrides a built-in one."""
        return f"{self._folder}/{template}"

    def overrides(self, template: str, block: str) -> bool:
        """Whether there is a template that overrides the block."""
        return block in self._blocks.get(template, ())

    def render(self, template: str, block: str, view: Mapping[str, object]) -> str:
        """The text of the block; Fault where it cannot be printed."""
        found = self.environment.get_template(template)
        self._steps = 0
        try:
            # What stands outside of blocks: imports, and the blocks that `super()` is.
            context = found.new_context(dict(view))
            for _ in found.root_render_func(context):
                pass
            return "".join(context.blocks[block][0](context)).strip("\n").rstrip()
        except Exception:
            try:
                self.environment.handle_exception()  # which finds its lines in the template
            except Exception as fault:
                self._raise(fault, template)

    def _raise(self, fault: Exception, template: str) -> NoReturn:
        """Tells of the fault at its line."""
        file, line = self.file(template), 1
        for frame in traceback.extract_tb(fault.__traceback__):
            if frame.filename.startswith(f"{self._folder}/"):
                file, line = frame.filename, frame.lineno or 1
        span = Span(file, line)
        if isinstance(fault, UndefinedError):
            help = "`portwright templates` lists what a template sees"
            said = _OF_VIEW.sub(r"`\1`", str(fault))
            raise Fault(error("PW545", said, span, help)) from None
        if isinstance(fault, SecurityError):
            help = "templates print what the view has, and call nothing of Python"
            raise Fault(error("PW545", f"not allowed: {fault}", span, help)) from None
        said = "it calls itself" if isinstance(fault, RecursionError) else str(fault)
        message = f"cannot be printed: {said}"
        raise Fault(
            error("PW545", message, span, "`portwright explain PW545` tells more")
        ) from None

    def _range(self, *bounds: int) -> range:
        made = range(*bounds)
        self._steps += len(made)
        if self._steps > _MOST_STEPS:
            raise SecurityError(f"loops of more than {_MOST_STEPS} steps")
        return made


def environment(folder: str, sources: Mapping[str, str]) -> Environment:
    """What templates are read and printed with."""
    made = ImmutableSandboxedEnvironment(
        loader=_Loader(folder, sources),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    for name in ("lipsum", "cycler", "joiner", "namespace"):
        del made.globals[name]
    return made


class _Loader(BaseLoader):
    """The sources, and for each built-in template one with its blocks, which are empty."""

    def __init__(self, folder: str, sources: Mapping[str, str]) -> None:
        self._folder = folder
        self._sources = sources

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
        name = template.removeprefix(PREFIX)
        if name != template and name in TEMPLATES:
            named = (each.name for each in TEMPLATES[name].blocks)
            blocks = (f"{{% block {each} %}}{{% endblock %}}" for each in named)
            return f"{{% if false %}}{''.join(blocks)}{{% endif %}}", template, None
        if template not in self._sources:
            raise TemplateNotFound(template)
        return self._sources[template], f"{self._folder}/{template}", None
