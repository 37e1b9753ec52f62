"""What the businesses room refuses."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class NoSuchKind(NotFound):
    """There is no such kind of business, or it is not offered any more."""

    code = "no_such_kind"


class NoSuchRecord(NotFound):
    """There is no such business, or it is not yours to see."""

    code = "no_such_record"


class NoSuchDraft(NotFound):
    """There is no such draft any more."""

    code = "no_such_draft"


class WrongForm(Refusal):
    """The form is not filled in as its kind asks; `errors` tells which fields."""

    status = 422
    code = "wrong_form"


class DraftTooLong(Refusal):
    """A draft holds at most 32 kB."""

    status = 413
    code = "draft_too_long"


class TooManyDrafts(Conflict):
    """A contact holds at most 50 drafts; submit or close some first."""

    code = "too_many_drafts"


class DraftMoved(Conflict):
    """Somebody else has changed the draft since; `draft` is how it stands now."""

    code = "draft_moved"


class DraftSubmitted(Conflict):
    """This draft has been submitted already; `record` is what became of it."""

    code = "draft_submitted"


class OtherContact(Conflict):
    """This draft belongs to another contact."""

    code = "other_contact"
