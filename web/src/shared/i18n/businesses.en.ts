import type { businessesZh } from './businesses.zh'
import type { Shape } from './shape'

/** Tabs of businesses, forms and drafts. */
export const businessesEn: Shape<typeof businessesZh> = {
  business: {
    menu: 'Businesses', menuHint: 'Press a letter', none: 'No businesses are offered', add: 'Open a business', more: '{{count}} more tabs', unknown: 'No longer offered; the draft is kept', choose: 'Choose',
    for: 'for {{name}}', forNobody: 'nobody identified', submit: 'Submit', close: 'Close', undo: 'Undo', closed: '{{name}} closed', submitted: '{{name}} submitted as {{no}}',
    untouched: 'Saved by itself as you type', saved: 'Saved {{time}}; transfer, reload and another seat lose nothing', savedBy: 'Saved {{time}} by {{name}}; go on where they stopped', savedHere: 'Kept on this computer {{time}}; sent when the link is back',
    fix: 'Fix {{count}} to submit', repair: 'Change to {{value}}', unsent: 'Draft not submitted',
    wrong: {
      required: 'Fill in {{title}}', const: 'To be confirmed before submitting', enum: 'Choose one', type: 'A number is needed', minimum: 'Not less than {{value}}', maximum: 'Not more than {{value}}', decimals: 'At most {{value}} decimals',
      format: 'Not a whole date', earliest: '{{value}} at the earliest', maxLength: 'At most {{value}} characters', minLength: 'At least {{value}} characters', pattern: 'Not in the right form', other: 'Not accepted',
    },
  },
  businessProblems: {
    no_such_kind: 'This business is no longer offered', wrong_form: 'Something is not filled in as needed', draft_too_long: 'Too long to be kept; shorten it', too_many_drafts: 'This contact holds no more drafts; submit or close some', draft_moved: 'A colleague has just changed it; both are kept', draft_submitted: 'A colleague has submitted it', no_such_draft: 'The draft has been closed', other_contact: 'The draft belongs to another contact', no_such_record: 'No such business, or not yours to see',
  },
}
