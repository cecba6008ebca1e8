"""``{% kept key %} … {% endkept %}``: markup that is made once for the key (see pages/finished.py). A page with two such pieces names them: ``{% kept key "head" %}``."""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString

register = template.Library()


class KeptNode(template.Node):
    """Renders what it holds once per key; without a key each time."""

    def __init__(self, key: FilterExpression, inner: NodeList, piece: str = "") -> None:
        self.key, self.nodelist, self.piece = key, inner, piece

    def render(self, context: template.Context) -> SafeString:
        """Return the kept markup, made when there is none."""
        from rashin.web.pages import finished

        key = self.key.resolve(context)
        if not key:
            return self.nodelist.render(context)
        key = (key, self.piece) if self.piece else key
        return SafeString(finished.markup(key, lambda: str(self.nodelist.render(context))))


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Read the tag."""
    _, key, *piece = token.split_contents()
    inner = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(parser.compile_filter(key), inner, "".join(piece))
