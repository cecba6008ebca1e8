"""Logic trees: the list, one with its figures, its editor, its versions."""

from __future__ import annotations

import difflib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.errors import Bilingual, ConflictError, DefinitionError, QuestionError, RashinError
from rashin.insight.trees import Tree
from rashin.insight.trees import shelf as tree_shelf
from rashin.insight.trees.file import check_name
from rashin.insight.trees.values import ComputedTree, compute
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import finished, page, working
from rashin.web.pages.tree import actions, held, shown
from rashin.web.pages.why.shown import through
from rashin.web.pages.why.sides import Sides

#: A longer address is not carried on.
MOST_ASKED = 1000


@require_GET
@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """List the trees; those that were taken away for who may bring them back."""
    lang, found = language_of(request), held.known()
    gone = tree_shelf.removed(held.folder()) if request.user.may("edit_trees") else {}
    listed = [
        {
            "name": tree.name,
            "title": tree.title(lang),
            "purpose": tree.purpose(lang),
            "kgi": tree.kgi(lang) if tree.kgi else "",
            "roots": [tree.nodes[root].label(lang) for root in tree.roots],
            "nodes": len(tree.nodes),
            "own": tree.origin == "workspace",
            "version": tree.version,
        }
        for tree in found.values()
    ]
    asked = request.GET.urlencode()
    context = {
        "tab": "tree",
        "asked": f"?{asked}" if asked and len(asked) < MOST_ASKED else "",
        "trees": listed,
        "refused": [(file.removesuffix(".toml"), error.what(lang), getattr(error, "place", "")) for file, error in found.refused.items()],
        "gone": [(name, step, last.version) for name, (step, last) in gone.items()],
    }
    return render(request, "tree/page.html", context)


@require_GET
@page("see_figures")
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Show one tree with its figures over the period that the address names."""
    tree, sides = _tree(name), Sides.read(request)
    lang = sides.filters.lang
    own = tree.origin == "workspace"
    context: dict[str, Any] = {
        "tab": "tree",
        **sides.context(),
        "tree": tree,
        "own": own,
        "versions": tree_shelf.history(held.folder(), name) if own else [],
        "sides_query": sides.query(),
        "no_data": not centre().snapshot(),
    }
    key = "tree", centre().snapshot(), centre().catalogue.version, held.state(), name, *sides.key
    found = working.made(key, lambda watch: computed(tree, sides))
    if isinstance(found, working.Work):
        said = Bilingual("ツリーに数字を入れています…", "Putting figures into the tree …")
        return render(request, "tree/one.html", {**context, "work": found, "working_on": said(lang)})
    page_key = finished.key_of(request, sides.filters, "tree/one", key)

    def make() -> dict[str, Any]:
        made = shown.make(found, sides, request.user)
        return {"made": made, "models": [(label, through(model, better, lang)) for label, model, better in made["staffed"]]}

    return render(request, "tree/one.html", {**context, **finished.context(page_key, make)})


def computed(tree: Tree, sides: Sides) -> ComputedTree:
    """Return the tree's figures within the sides' scope."""
    own = centre()
    return compute(
        own.store,
        own.catalogue,
        tree,
        sides.filters.period,
        sides.against,
        scope=sides.filters.scope,
        where=sides.where,
        other_where=sides.other_where,
        as_of=sides.as_of,
    )


@require_http_methods(["GET", "POST"])
@page("edit_trees")
def add(request: HttpRequest) -> HttpResponse:
    """Begin a tree of one's own: its name first, then the text of the tree that it is made from."""
    given = request.GET if request.method == "GET" else request.POST
    name, source = given.get("name", "").strip(), given.get("from", "reach")
    if request.method == "POST" and name:
        return _save(request, name)
    listed = [(each.name, each.title(language_of(request)), each.name == source) for each in held.known().values()]
    wrong = ""
    if name:
        try:
            check_name(name, name)
        except DefinitionError as error:
            wrong = error.text(language_of(request))
        else:
            if name not in held.known() and f"{name}.toml" not in held.known().refused:
                start = held.known()[source].text if source in held.known() else ""
                return _editor(request, name, text=start, base=0)
            wrong = Bilingual("この名前のツリーはすでにあります。", "There is a tree of this name already.")(language_of(request))
    return render(request, "tree/add.html", {"tab": "tree", "sources": listed, "name": name, "wrong": wrong}, status=400 if wrong else 200)


@require_http_methods(["GET", "POST"])
@page("edit_trees")
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Change a tree; of a ready one this makes an own one of the same name. A file that is wrong can be mended here."""
    if name not in held.known() and f"{name}.toml" not in held.known().refused:
        raise Http404
    if request.method == "POST":
        return _save(request, name)
    return _editor(request, name, text=_text(name), base=tree_shelf.version_of(held.folder(), name))


def _text(name: str) -> str:
    """The text that holds: of the file, or of the ready tree."""
    try:
        return (held.folder() / f"{name}.toml").read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return held.known()[name].text if name in held.known() else ""


@require_POST
@page("edit_trees")
def check(request: HttpRequest, name: str) -> HttpResponse:
    """Check what is typed against the catalogue and show the tree that it says; nothing is saved."""
    return render(request, "tree/_check.html", _checked(request, name, request.POST.get("text", "")))


def _checked(request: HttpRequest, name: str, text: str) -> dict[str, Any]:
    lang = language_of(request)
    try:
        check_name(name, name)
        tree = tree_shelf.check(name, text, centre().catalogue)
        made: dict[str, Any] = {"checked": True, "proposed": tree, "outline": shown.outline(tree, lang)}
        if request.POST.get("figures") == "1" and centre().snapshot():
            sides = Sides.read(request)
            made["made"] = shown.make(computed(tree, sides), sides, request.user)
    except RashinError as error:
        return {"checked": True, "error": error, "message": error.what(lang), "next_step": error.next_step(lang) if error.next_step else ""}
    return made


def _save(request: HttpRequest, name: str) -> HttpResponse:
    lang, text, reason = language_of(request), request.POST.get("text", ""), request.POST.get("reason", "")
    base = _number(request, "base")
    if request.POST.get("do") == "check":
        return _editor(request, name, text=text, base=base, reason=reason, **_checked(request, name, text))
    try:
        made = actions.save(request.user, name, text, base, reason, request=request)
    except RashinError as error:
        conflict = isinstance(error, ConflictError)
        return _editor(
            request,
            name,
            text=text,
            base=tree_shelf.version_of(held.folder(), name) if conflict else base,
            reason=reason,
            error=error,
            message=error.what(lang),
            next_step=error.next_step(lang) if error.next_step else "",
            theirs=_difference(_text(name), text) if conflict else (),
            status=409 if conflict else 400,
        )
    messages.success(request, Bilingual(f"版 {made.version} として保存しました。", f"Saved as version {made.version}.")(lang))
    return redirect("tree-one", made.name)


def _editor(request: HttpRequest, name: str, *, text: str, base: int, status: int = 200, **more: Any) -> HttpResponse:
    found = held.known()
    ready = name in found and found[name].origin == "built_in"
    context = {
        "tab": "tree",
        "name": name,
        "text": text,
        "base": base,
        "reason": "",
        "ready": ready,
        "known": name in found,
        "new": name not in found and f"{name}.toml" not in found.refused,
        **more,
    }
    return render(request, "tree/edit.html", context, status=status)


@require_POST
@page("edit_trees")
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Take an own tree away, with a reason."""
    if tree_shelf.version_of(held.folder(), _known_name(name)) == 0:
        raise Http404
    actions.remove(request.user, name, _number(request, "base"), request.POST.get("reason", ""), request=request)
    said = Bilingual("ツリーを取り除きました。履歴は残り、元に戻せます。", "The tree was removed. Its history stays, and it can come back.")
    messages.success(request, said(language_of(request)))
    return redirect("tree")


@require_POST
@page("edit_trees")
def restore(request: HttpRequest, name: str) -> HttpResponse:
    """Make an earlier version the tree again; one that was taken away comes back."""
    if not tree_shelf.history(held.folder(), _known_name(name)):
        raise Http404
    made = actions.restore(
        request.user, name, _number(request, "number"), _number(request, "base"), request.POST.get("reason", ""), request=request
    )
    messages.success(
        request, Bilingual(f"版 {made.version} として戻しました。", f"Restored as version {made.version}.")(language_of(request))
    )
    return redirect("tree-one", made.name)


@require_GET
@page("see_figures")
def version(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Show one saved version, and how it differs from what holds."""
    steps = tree_shelf.history(held.folder(), _known_name(name))
    found = next((each for each in steps if each.version == number and each.text), None)
    if found is None:
        raise Http404
    now = _text(name)
    context = {
        "tab": "tree",
        "name": name,
        "tree": held.known().get(name),
        "version": found,
        "same": found.text == now,
        "lines": _difference(now, found.text),
    }
    return render(request, "tree/version.html", {**context, "base": tree_shelf.version_of(held.folder(), name)})


def _difference(now: str, then: str) -> list[tuple[str, str]]:
    """Lines as (sign, text): "-" holds now and not in the other text, "+" the other way round."""
    return [(line[0].strip(), line[2:]) for line in difflib.ndiff(now.splitlines(), then.splitlines()) if line[0] != "?"]


def _tree(name: str) -> Tree:
    try:
        return held.known().tree(name)
    except QuestionError as error:
        raise Http404 from error


def _known_name(name: str) -> str:
    try:
        check_name(name, name)
    except DefinitionError as error:
        raise Http404 from error
    return name


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1
