import type { knowledgeAdminZh } from './knowledgeAdmin.zh'
import type { Shape } from './shape'

export const knowledgeAdminEn: Shape<typeof knowledgeAdminZh> = {
  scripts: {
    title: 'Scripts', search: 'Name or code', add: 'New script', empty: 'There are no scripts yet', noneFound: 'There is no such script', more: 'More', used: 'Used {{count}} times in 30 days', side: 'Trial, versions and use',
    version: 'v{{version}}', liveVersion: 'In use: v{{version}}', unpublished: 'Not published', draft: 'Draft differs', live: 'In use',
    save: 'Save draft', changed: 'Changes not saved', faults: 'Fix {{count}} errors to publish', faultless: 'No errors, ready to publish',
    publish: 'Publish', reallyPublish: 'Publish as v{{version}}', publishHint: 'The next contact gets it; running ones keep theirs', published: 'v{{version}} is published',
    delete: 'Delete', reallyDelete: 'Delete the script “{{name}}”', deleteHint: 'Its versions and figures go, too; this cannot be undone',
    set: 'Go back to it', reallySet: 'Go back to v{{version}}', setHint: 'The next contact gets this version; the draft stays', take: 'Copy to draft', stop: 'Take back', reallyStop: 'Take this script back', stopHint: 'Contacts see it no more; all versions stay',
    preview: 'Trial', versions: 'Versions', usage: 'Use', noVersions: 'Never published yet', runs: 'Used {{count}} times', noPreview: 'Preparing the trial', atEnd: 'The script ends here', again: 'From the start', place: 'Step {{number}} of {{total}}',
    sample: 'Customer of the trial', samples: { gold: 'Gold customer after a fault', vip: 'VIP with an open complaint', new: 'Nobody known' },
    fields: 'What can be filled in', fieldsHint: 'After a bar stands what is said when it is not known: {customer.honorific|Hello}',
    step: 'Step {{number}}', first: 'The script begins here', up: 'Move up', down: 'Move down', removeStep: 'Delete this step', addStep: 'Add a step', chinese: 'Chinese', english: 'English', englishHint: 'Empty: the Chinese is read',
    answers: 'Answers', addAnswer: 'Add an answer', answer: 'What the customer says', answerOf: 'Answer {{answer}}', answerEnOf: 'Answer {{answer}} in English', leadsOf: 'After answer {{answer}}', effectOf: 'Besides answer {{answer}}', removeAnswer: 'Delete answer {{answer}}',
    ends: 'The end', newStep: 'A new step…', noEffect: 'Nothing else', results: 'Record a result', businesses: 'Open a business',
    entry: { title: 'When it suggests itself', any: 'Any', dispositions: 'Last disposition', queues: 'Queues', classes: 'Classes', matches: 'Caller', keys: 'Keys pressed' },
    match: { one: 'One match', several: 'Several', new: 'New number', withheld: 'Number withheld', chosen: 'Chosen' }, class: { normal: 'Normal', silver: 'Silver', gold: 'Gold', vip: 'VIP' },
    outcome: { solved: 'Solved', more: 'Something else', identified: 'Identified', open_only: 'Open matters only', promised: 'Promised', escalated: 'Escalated', manager: 'Account manager', done: 'Done', left: 'Stopped', switched: 'Another script' },
    business: { bill_dispute: 'Bill dispute', broadband_move: 'Broadband move', fault: 'Fault report', plan_change: 'Plan change', complaint: 'Complaint', inquiry: 'Inquiry', install: 'New installation', suspend: 'Suspend or resume', invoice: 'Invoice', address: 'Change of address', card: 'Replacement card', cancel_extra: 'Cancel an extra' },
    fault: {
      no_steps: 'A script has at least one step', double_step: 'Two steps have the same id', empty_text: 'This step says nothing', unknown_place: '“{{what}}” cannot be filled in', empty_label: 'The answer has no words', missing_next: 'The answer leads to a step that is not there: “{{what}}”',
      too_many_branches: 'No more than 9 answers', unreachable: 'No answer leads to this step', endless: 'No way leads from here to the end',
    },
    total: { runs: 'Used', completed: 'Completed', agents: 'Agents', seconds: 'Average' }, times: 'read {{count}} times', leftHere: 'left here {{count}} times',
  },
  offers: {
    title: 'Offers', add: 'New offer', empty: 'There are no offers yet', hint: 'A contact gets one offer at most: of those that fit the one with the highest priority. None while a complaint is open, after several contacts in 7 days, or against the customer’s wish. Figures of 30 days.', off: 'Off', priority: 'Priority',
    figure: { shown: 'Shown', accepted: 'Yes', refused: 'No', later: 'Later', not_offered: 'Not made', rate: 'Rate' },
    active: 'On', text: 'Script', textEn: 'Script in English', textHint: 'Can be filled, e.g. {customer.honorific|Hello}', whom: 'For whom', tryOn: 'Try on a customer', business: 'When accepted', noBusiness: 'Open nothing',
    again_days: 'Days between', refused_days: 'Days after a refusal', most: 'Times per customer', endless: 'Any',
    hints: { priority: 'The higher one is offered first', again_days: 'Not shown again within so many days', refused_days: 'Not offered again after a refusal', most: 'Empty: without end', business: 'Opens for the agent when the customer accepts' },
    save: 'Save', delete: 'Delete', reallyDelete: 'Delete the offer “{{name}}”', deleteHint: 'Its results go, too; to stop it, switch it off', needed: 'Please fill in', ruleUnfinished: 'A condition is not filled in yet',
    rule: { everybody: 'No conditions: everybody', all: 'All hold', any: 'Any holds', add: 'Add a condition', addGroup: 'Add a group', fact: 'What', op: 'How', value: 'Value', whatever: 'Please fill in', remove: 'Delete the condition', is: 'This customer: {{value}}', unknown: 'not known' },
    fact: { class: 'Class', kind: 'Person or company', queue: 'Queue', tags: 'Tags', products: 'Product codes', months: 'Months with us', last_bill: 'Last bill (¥)', mean_bill: 'Mean of 3 months (¥)', bill_rise: 'Rise of the bill (¥)', balance: 'Balance (¥)', contacts_7_days: 'Contacts in 7 days', complaint: 'Open complaint', marketing: 'Wants marketing' },
    op: { in: 'is', not_in: 'is not', has_any: 'has any of', has_all: 'has all of', has_none: 'has none of', at_least: 'at least', at_most: 'at most', is: 'is' }, truth: { true: 'Yes', false: 'No' }, kind: { person: 'Person', company: 'Company' },
    customerNo: 'or a customer number', fits: 'Would be offered', fitsNot: 'Conditions do not hold', notTried: 'The result shows once the conditions are filled in',
  },
  action: {
    script_created: 'Script made', script_changed: 'Script changed', script_drafted: 'Draft of a script saved', script_published: 'Script published', script_version_set: 'Version of a script set', script_deleted: 'Script deleted', offer_created: 'Offer made', offer_changed: 'Offer changed', offer_deleted: 'Offer deleted',
  },
  objectKind: { script: 'Script', offer: 'Offer' },
}
