"""Who is asking, whatever the way: session, legacy token or JSON web token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jwt_auth.auth import TokenAuthenticationPhaseout
from organizations.models import Organization
from rest_framework.exceptions import APIException


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a request; ``user`` is ``None`` for nobody."""

    user: Any
    administrator: bool

    @property
    def annotator(self) -> bool:
        """A person without rights of an administrator."""
        return self.user is not None and not self.administrator


NOBODY = Caller(None, administrator=False)


class TwoPeopleError(Exception):
    """A request carries the credentials of two people: which of them its view would believe is not left to chance."""


def caller(request: Any) -> Caller:
    """Who is asking.

    Label Studio knows session and JSON web token before a view is chosen, a legacy token only inside the view.

    Raises:
        TwoPeopleError: session and token belong to different people.
    """
    found = {user.pk: user for user in (request.user, _user_of_token(request)) if user is not None and user.is_active}
    found.pop(None, None)
    if not found:
        return NOBODY
    if len(found) > 1:
        raise TwoPeopleError
    user = next(iter(found.values()))
    return Caller(user, is_administrator(user))


def is_administrator(user: Any) -> bool:
    """A superuser, or who made the organisation in which he or she works."""
    if user.is_superuser:
        return True
    return bool(Organization.objects.filter(pk=user.active_organization_id, created_by=user).exists())


def _user_of_token(request: Any) -> Any:
    try:
        found = TokenAuthenticationPhaseout().authenticate(request)
    except APIException:  # the view will refuse it, too
        return None
    return found[0] if found else None
