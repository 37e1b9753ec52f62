import type { knowledgeZh } from './knowledge.zh'
import type { Shape } from './shape'

export const knowledgeEn: Shape<typeof knowledgeZh> = {
  rail: { script: 'Script', offer: 'Offer' },
  nav: { knowledge: 'Guides', scripts: 'Scripts', offers: 'Offers' },
  script: {
    title: 'Script', titleOf: 'Script · {{name}}', place: 'v{{version}} · {{number}}/{{total}}', version: 'v{{version}}',
    noContact: 'A contact shows the scripts that suit it', search: 'Find a script, Enter takes the first', none: 'There is no such script', best: 'Best match', followed: 'Used',
    leadsTo: '→ step {{step}}', leadsOut: '→ end', finish: 'Said it, end the script', back: 'Step back', other: 'Another one', stop: 'Stop here', goBack: 'Back to the script',
    why: { disposition: 'Last matter', keys: 'Keys', class: 'Class', match: 'Caller', queue: 'This queue' },
    field: {
      customer_name: 'Name of the customer', customer_honorific: 'Form of address', customer_product: 'Present plan', customer_years: 'Years with us', last_contact_subject: 'Last matter', last_contact_day: 'Day of the last contact',
      bill_last_total: 'Last bill', bill_last_month: 'Month of the last bill', bill_difference: 'Difference to the month before', flow_choice: 'Choice in self-service', queue_name: 'Queue', agent_number: 'Own number', agent_name: 'Own name',
    },
  },
  offer: {
    title: 'Offer', noContact: 'A contact shows what may be offered', settle: 'The matter of the call is settled', reasonOf: 'Reason',
    why: {
      unverified: 'No offer yet: it is not known who the customer is', late: 'No offer yet: the customer’s data have not come', complaint: 'No offer yet: a complaint is open, settle that first', third_contact: 'No offer yet: several contacts in 7 days, solve it first',
      no_consent: 'No offer: the customer does not want marketing', not_speaking: 'Offered once you speak', unsettled: 'Settle what the call is about first', nothing_fits: 'Nothing suits this customer',
    },
    result: { accepted: 'Accepted', refused: 'Not wanted', later: 'Later', not_offered: 'Not offered' },
    said: { accepted: 'Accepted', refused: 'Not wanted', later: 'Later', not_offered: 'Not offered' },
    reason: { no_need: 'No use for it', too_expensive: 'Too expensive', has_one: 'Has one', competitor: 'With another company', other: 'Other', in_a_hurry: 'In a hurry', upset: 'Upset', not_suitable: 'Not suitable' },
  },
  problems: {
    no_such_script: 'There is no such script', no_such_version: 'There is no such version', no_such_run: 'This script is not used in this contact', draft_changed: 'Somebody has just changed the draft; open it again', script_broken: 'Fix the errors in the draft to publish', not_published: 'This script is not published',
    run_moved_on: 'The script has moved on; now shown as it is', run_over: 'The script has ended', no_such_branch: 'This step has no such answer', too_many_scripts: 'No more than 500 scripts; delete old ones first',
    no_such_offer: 'There is no such offer', no_such_showing: 'Nothing was offered in this contact', not_the_moment: 'Now is not the moment; shown as it is', unknown_places: 'The text has places that cannot be filled', too_many_offers: 'No more than 200 offers; delete old ones first',
  },
}
