"""Label Studio's login form with Russian errors."""

from __future__ import annotations

from typing import Any

from django import forms
from users.forms import LoginForm as StockLoginForm

WRONG = "Неверный адрес или пароль."
_MISSING = {"required": "Заполните это поле.", "invalid": "Это не похоже на адрес."}


class LoginForm(StockLoginForm):
    """Whatever is wrong is told in one sentence: neither an address that exists nor one that was disabled shows."""

    email = forms.EmailField(label="Адрес", error_messages=_MISSING)
    password = forms.CharField(label="Пароль", widget=forms.PasswordInput(), error_messages=_MISSING)

    def clean(self, *args: Any, **kwargs: Any) -> Any:
        """Raises ValidationError when login and password do not fit together."""
        try:
            return super().clean(*args, **kwargs)
        except forms.ValidationError as error:
            raise forms.ValidationError(WRONG) from error
