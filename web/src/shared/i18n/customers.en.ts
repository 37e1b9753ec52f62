import type { customersZh } from './customers.zh'
import type { Shape } from './shape'

export const customersEn: Shape<typeof customersZh> = {
  customers: {
    title: 'Customers', search: 'Find customers', searchHint: 'Name, pinyin initials, phone, address, account', slow: 'The search has not answered for 3 s; still waiting', clear: 'Clear filters', new: 'New customer',
    nothingFor: 'Nothing found for “{{text}}”', nothingFound: 'No customer matches', nothingYet: 'No customers yet', loaded: '{{shown}}', loadedMore: '{{shown}} loaded, scroll for more', loadingMore: 'Loading more customers',
    me: 'me', nothing: '—', yes: 'Yes', no: 'No', cancel: 'Cancel', save: 'Save', add: 'Add', undo: 'Undo', earlier: 'Earlier ones', more: 'More', reason: 'Reason', reasonMissing: 'Give a reason',
    change: 'Change {{what}}', remove: 'Remove {{what}}', backToCustomer: 'Back to the customer', managerIs: 'Manager {{name}} {{number}}', since: 'since {{day}}', facts: 'Other facts', doNotContact: 'Do not contact: {{channels}}',
    mergedInto: 'This customer was merged into {{no}}; here is the merged one', exported: 'Everything held on this customer is exported', exportFailed: 'Not exported: {{why}}', export: 'Export everything', overviewFailed: 'Bills and contacts could not be fetched', overviewSlow: 'Bills and contacts not back after 3 s; the rest is shown',
    nav: { title: 'Customers', list: 'Customers', merges: 'Merges', imports: 'Imports', sources: 'Sources', conflicts: 'Conflicts', settings: 'Set-up' },
    column: { name: 'Name', phone: 'Phone', no: 'Number', place: 'Region', tags: 'Tags and warnings', manager: 'Manager', found: 'Found by' },
    filter: { class: 'Class', tag: 'Tag', kind: 'Kind', manager: 'Manager' },
    kind: { person: 'Person', company: 'Company' },
    found: { name: 'Name', pinyin: 'Pinyin', initials: 'Initials', phone: 'Phone', email: 'E-mail', address: 'Address', account: 'Account', no: 'Number', identity: 'Identity', id_number: 'ID number', web: 'Web account', wechat: 'WeChat', other: 'Other number', product: 'Product number' },
    tab: { title: 'Customer pages', overview: '360° view', history: 'History', duplicates: 'Duplicates' },
    field: {
      name: 'Name', companyName: 'Company', kind: 'Kind', gender: 'Gender', birth_year: 'Year of birth', class: 'Class', manager: 'Manager', manager_id: 'Manager', manager_person_id: 'Manager', tags: 'Tags', warnings: 'Warnings', since: 'Customer since', id_number: 'ID number', site_id: 'Site', created: 'Created', updated: 'Changed', custom: 'Custom fields',
      identities: 'Reached at', identity: 'Reached at', addresses: 'Addresses', address: 'Address', relations: 'Relations', relation: 'Relation', consents: 'Consent', consent: 'Consent', phone: 'Phone', phones: 'Phone', email: 'E-mail', emails: 'E-mail', web: 'Web account', wechat: 'WeChat', account: 'Account', other: 'Other', role: 'Role', value: 'Value', label: 'Label', region: 'Region', text: 'Address', channel: 'Channel', purpose: 'Purpose', allowed: 'Allowed', verified_at: 'Verified', reason: 'Reason', merged: 'Merged', no: 'Number', customer: 'Customer', fields: 'Shown',
    },
    identity: { phone: 'Phone', email: 'E-mail', web: 'Web account', wechat: 'WeChat', account: 'Account', other: 'Other' },
    identities: { title: 'Reached at', none: 'No phone or address of any kind', removed: '{{value}} removed', asGiven: 'Given as {{raw}}', verified: 'Verified', kind: 'Kind', role: 'Whose it is', label: 'Label', labelHint: 'Label (optional)' },
    role: { owner: 'Own', agent: 'Acts for them', former: 'Former' },
    address: { home: 'Home', work: 'Work', install: 'Line', bill: 'Billing' },
    addresses: { title: 'Addresses', none: 'No address', kind: 'Kind of address', text: 'Whole address', textNew: 'New whole address; leave empty to keep it', removed: 'Address removed', removeAsk: 'A removed {{what}} address cannot be brought back', removeVerb: 'Remove' },
    relation: { spouse: 'Spouse', parent: 'Parent', child: 'Child', family: 'Family', household: 'Household', employer: 'Employer', employee: 'Employee', contact: 'Contact', company: 'Company', other: 'Other' },
    relations: { title: 'Relations', none: 'No related customers', removed: 'No longer related to {{name}}', kind: 'Relation', other: 'The other customer', otherHint: 'Name, phone or customer number', nobody: 'Nobody found' },
    consent: { any: 'Any channel', all: 'Any channel', phone: 'Phone', voice: 'Phone', sms: 'SMS', email: 'E-mail', wechat: 'WeChat', chat: 'Chat', letter: 'Letter', fax: 'Fax', video: 'Video' },
    purpose: { any: 'any purpose', all: 'any purpose', marketing: 'marketing', survey: 'surveys', service: 'service notes', collection: 'collection' },
    source: { call: 'said on a call', form: 'in writing', letter: 'by letter', web: 'on the web', import: 'imported', desk: 'noted by an agent', customer: 'the customer' },
    consents: { title: 'Consent', none: 'Nothing on record; the usual rules apply', channel: 'Channel', purpose: 'Purpose', source: 'Source', allowed: 'Allowed', refused: 'Refused', refuse: 'Change to refused: {{what}}', allow: 'Change to allowed: {{what}}', nowRefused: 'Now refused: {{what}}', nowAllowed: 'Now allowed: {{what}}' },
    reveal: { open: 'Show {{what}}', title: 'Show {{what}}', note: 'This is written to the audit; masked again after {{seconds}} s', otherReason: 'Another reason', show: 'Show', hide: 'Masked in {{seconds}} s; mask now', usual: { verify: 'Checking identity', service: 'Serving a request', complaint: 'Handling a complaint' } },
    edit: {
      open: 'Edit', title: 'Edit customer', saved: 'Saved', draft: 'Draft kept {{time}}', discard: 'Discard changes', saveAll: 'Save as chosen', required: 'Fill this in', warningsHint: 'Shown on top when they call; Enter adds one', birthYearWrong: 'This year of birth cannot be right', idNumberWrong: 'ID numbers have 6 to 30 digits or letters', idNumberKept: '{{masked}}; leave empty to keep it',
    },
    conflict: {
      title: 'Somebody changed the same thing first', titleTaken: '{{who}} changed something else first', by: '{{name}} {{time}}', somebody: 'A colleague', mine: 'Mine: {{value}}', theirs: 'Theirs: {{value}}', taken: 'They also changed {{fields}}; taken over', next: 'Choose, then save again; mine unless you say otherwise.', nextTaken: 'The changes do not touch each other: just save again.',
    },
    erase: { open: 'Erase personal data', title: 'Erase the personal data of {{name}}', what: 'Name, phones, addresses, papers and what was said will be gone for good.', stays: 'Numbers, amounts and figures stay and point to nobody.', reasonHint: 'E.g. asked for by the customer on 20 Nov', verb: 'Erase personal data', done: 'The personal data of {{no}} is erased' },
    merged: { title: 'Merged into this one', none: 'Nobody has been merged into this one' },
    split: { verb: 'Split', done: 'Split: both customers are back', failed: 'Not split: {{why}}' },
    merges: { title: 'Merges', hint: 'A merge can be split at any time; what came later stays with the kept one', none: 'No customers have been merged yet', at: 'Time', kept: 'Kept', dropped: 'Merged into it', by: 'By', splitAt: 'Split {{time}}' },
    history: { title: 'Changes', none: 'No changes yet', system: 'System' },
    action: {
      created: 'Created', changed: 'Changed', updated: 'Changed', merged: 'Merged', split: 'Split', erased: 'Erased', revealed: 'Masked data seen', exported: 'Exported', imported: 'Imported', synced: 'Synchronised', import_undone: 'Import undone',
      identity_added: 'Contact added', identity_changed: 'Contact changed', identity_removed: 'Contact removed', address_added: 'Address added', address_changed: 'Address changed', address_removed: 'Address removed', relation_added: 'Relation added', relation_changed: 'Relation changed', relation_removed: 'Relation removed', consent_set: 'Consent', consent_changed: 'Consent',
    },
    duplicates: {
      title: 'Possibly the same', none: 'Nobody looks like the same customer', byHand: 'Compare with somebody else', compare: 'Compare', hint: 'Before a merge each field can be chosen and the result is shown; a merge can be split at any time.',
      reason: { same_phone: 'Same phone', same_id_number: 'Same ID number', same_name_birth: 'Same name and year of birth', same_email: 'Same e-mail', same_name: 'Same name', same_name_address: 'Same name and address', same_address: 'Same address', same_account: 'Same account', same_identity: 'Same account', similar_name: 'Similar name', same_name_phone: 'Same name and phone' },
      likely: { 1: 'Weak', 2: 'Possible', 3: 'Likely', 4: 'Very likely' },
    },
    compare: {
      title: 'Merge customers', hint: '{{count}} differ; choose which stay', hintSame: 'All fields are alike', swap: 'Swap kept and merged', field: 'Field', keep: 'Kept', drop: 'Merged into it', result: 'Result', verb: 'Merge', canUndo: 'Can be split at any time; all phones, addresses and contacts are kept', done: '{{name}} {{no}} merged into {{into}}',
    },
    create: { title: 'New customer', hint: 'Look for them first', kind: 'Kind', emails: 'E-mail', emailWrong: 'The address is not complete', maybe: 'These may be the same', open: 'Open', saved: '{{name}} created' },
  },
  problem: {
    changed_meanwhile: 'Somebody has just changed this; check and save again', unknown_import: 'There is no such import', wrong_state: 'The import has moved on; see its latest state', unreadable_encoding: 'The file is not text in UTF-8, UTF-16 or GB18030', not_a_table: 'Only CSV and XLSX files can be imported', unsafe_workbook: 'The workbook unpacks to too much; save it as CSV', empty_file: 'The file is empty', no_rows: 'There are no rows below the header',
    too_many_columns: 'Too many columns', bad_mapping: 'The mapping names a field twice or one there is not', file_too_large: 'The file is larger than 2 GB', no_room: 'The server’s disk has no room for it', bad_upload: 'The upload was not complete; try again',
  },
}
