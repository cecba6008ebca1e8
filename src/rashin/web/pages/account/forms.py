"""What people type about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from rashin.errors import Bilingual
from rashin.web.language import language_of
from rashin.web.people.models import Person

SAME_AS_BROWSER = Bilingual("ブラウザーに合わせる", "as the browser asks")


class OwnForm(forms.Form):
    """One's own name and language."""

    name = forms.CharField(max_length=120)
    language = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language"].choices = [("", SAME_AS_BROWSER(language_of())), ("ja", "日本語"), ("en", "English")]


class JoinForm(forms.Form):
    """Coming by an invitation. ``email`` is asked of the first administrator only."""

    email = forms.EmailField(max_length=254)
    name = forms.CharField(max_length=120)
    password1 = forms.CharField(max_length=1000, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    password2 = forms.CharField(max_length=1000, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known_email = email
        lang = language_of()
        self.fields["password1"].help_text = Bilingual(
            "12文字以上。長い文のほうが、複雑な短い語より安全です。", "12 characters or more; a long sentence is safer than a short riddle."
        )(lang)
        if email:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules, and against itself."""
        given = self.cleaned_data
        first, again = given.get("password1"), given.get("password2")
        if first and first != again:
            self.add_error("password2", Bilingual("2つのパスワードが違います。", "The two passwords differ.")(language_of()))
        elif first:
            person = Person(email=given.get("email") or self.known_email, name=given.get("name", ""))
            try:
                validate_password(first, person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return given
