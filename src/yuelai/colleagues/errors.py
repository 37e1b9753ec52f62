"""What is refused between colleagues."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class NoSuchBulletin(NotFound):
    """There is no such bulletin, or it is not for you."""

    code = "no_such_bulletin"


class NoSuchTarget(Refusal):
    """A bulletin is for groups or queues that exist; name at least one, or all."""

    status = 422
    code = "no_such_target"


class BeyondReach(Refusal):
    """You publish for your own groups; name them."""

    status = 403
    code = "beyond_reach"


class BulletinSpan(Refusal):
    """A bulletin must end after it begins, and not in the past."""

    status = 422
    code = "bulletin_span"


class AlreadyWithdrawn(Conflict):
    """This bulletin has been withdrawn."""

    code = "already_withdrawn"


class NoSuchChat(NotFound):
    """There is no such chat, or you are not in it."""

    code = "no_such_chat"


class NoSuchColleague(NotFound):
    """Nobody of this tenant has that id."""

    code = "no_such_colleague"


class NotWithYourself(Refusal):
    """Choose somebody else: a chat with yourself has no other side."""

    status = 422
    code = "not_with_yourself"


class NoSuchHandover(NotFound):
    """There is no such hand-over note, or it is not of your groups."""

    code = "no_such_handover"


class NotYourGroup(NotFound):
    """There is no such group, or you are not in it."""

    code = "not_your_group"


class TakenAlready(Conflict):
    """Somebody has taken this over already."""

    code = "taken_already"
