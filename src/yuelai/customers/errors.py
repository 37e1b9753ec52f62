"""What customers refuses."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal, Unavailable


class UnknownCustomer(NotFound):
    """There is no such customer."""

    code = "unknown_customer"


class Erased(Refusal):
    """The personal data of this customer was erased; only the figures remain."""

    status = 410
    code = "erased"


class NotAPhoneNumber(Refusal):
    """This is not a complete phone number; give it with its area code."""

    status = 422
    code = "not_a_phone_number"


class NothingToSearch(Refusal):
    """Give a phone number or a search text."""

    status = 422
    code = "nothing_to_search"


class NotAnIdentity(Refusal):
    """This cannot be a mail address, name or number of the kind given."""

    status = 422
    code = "not_an_identity"


class NotAnIdNumber(Refusal):
    """This cannot be the number of an identity document: look at its length and check digit."""

    status = 422
    code = "not_an_id_number"


class WeakPin(Refusal):
    """A PIN has six digits, neither all the same nor in a row."""

    status = 422
    code = "weak_pin"


class KeysMissing(Unavailable):
    """The master key that opens identity numbers is not at hand."""

    code = "master_key_missing"


class ChangedMeanwhile(Conflict):
    """Somebody else has changed this customer; look at the new state first."""

    code = "changed_meanwhile"


class UnknownPart(NotFound):
    """The customer has no such identity, address or relation."""

    code = "unknown_part"


class AlreadyThere(Conflict):
    """The customer has this already."""

    code = "already_there"


class UnknownClass(Refusal):
    """There is no such class of customers."""

    status = 422
    code = "unknown_class"


class UnknownManager(Refusal):
    """Nobody here who could be the account manager has this id."""

    status = 422
    code = "unknown_manager"


class UnknownSite(Refusal):
    """There is no such site."""

    status = 422
    code = "unknown_site"


class BadCustomField(Refusal):
    """The value does not suit the custom field."""

    status = 422
    code = "bad_custom_field"


class RelatedToItself(Refusal):
    """Nobody is related to themselves."""

    status = 422
    code = "related_to_itself"


class UnknownField(NotFound):
    """There is no such custom field."""

    code = "unknown_field"


class UnknownTag(NotFound):
    """There is no such tag."""

    code = "unknown_tag"


class InUse(Conflict):
    """Customers have this; take it off them first."""

    code = "in_use"


class IntoItself(Refusal):
    """Nobody can be merged into themselves."""

    status = 422
    code = "merge_into_itself"


class AlreadyMerged(Conflict):
    """This customer is part of another one already."""

    code = "already_merged"


class UnknownMerge(NotFound):
    """There is no such merge."""

    code = "unknown_merge"


class AlreadySplit(Conflict):
    """This merge was undone already."""

    code = "already_split"


class NotAField(Refusal):
    """There is no such field to choose."""

    status = 422
    code = "not_a_field"


class CannotReveal(Refusal):
    """This field is not masked, or there is no such field."""

    status = 422
    code = "cannot_reveal"


class LegalHold(Conflict):
    """This customer's data must be kept for a legal reason; it cannot be erased now."""

    code = "legal_hold"
