/** Words of the desk: tools, identification, roster, keys, notices. */
export const deskEn = {
  panel: { width: 'Width of the tools', split: 'Between the two tools', widen: 'Widen', narrow: 'Narrow', fresh: '{{count}} new' },
  guided: {
    title: 'Ask', hint: 'The question that tells most apart first; each answer shortens the list', excluded: '{{count}} ruled out', again: 'Start again', other: 'Other',
    ask: { surname: '“What is the owner’s family name?”', road: '“Which road do you live on?”', product: '“Which of your products is it about?”', id_number: '“The last four of your ID number?”' },
    placeholder: { road: 'Road or estate, Enter compares', id_number: '4 characters; compared, never shown' },
    basis: 'Likelihood = role of the number + last contact + owed calls + keys pressed', role: { owner: 'Owner', agent: 'Acts for them', former: 'Former owner' }, roleOf: '{{role}} ({{label}})',
    likelihood: { 1: 'Weak', 2: 'Possible', 3: 'Likely', 4: 'Very likely' },
    reason: { owner: 'it is their own number', agent: 'the number acts for them', former: 'it was their number', open_callback: 'we owe a call', recent_week: 'in touch within 7 days', recent_quarter: 'in touch within 90 days', path: 'keys fit what they have' },
    last: '{{date}} {{channel}}', noContact: 'No contact in a year', noProducts: 'No active products', owed: '{{count}} calls owed', nobody: 'Nobody fits these answers; check and start again, or search below',
    noneOfThem: 'None: find by name, ID or address', forAnother: 'Calls for somebody else', ownCall: 'Calls for themselves', onBehalf: 'The caller speaks for somebody else: the trail will say so', unidentified: 'Serve without identifying',
  },
  strip: {
    lately: 'Contact no. {{count}} in 7 days', owed: '{{count}} calls owed', verified: 'Verified', verifiedBy: 'Verified {{by}}', unverified: 'Not verified', onBehalf: 'On behalf', business: 'Business',
    kind: { mobile: 'Mobile', fixed: 'Landline', service: 'Service number', unknown: '' }, create: 'New customer', undo: 'Change',
  },
  createDesk: { similar: 'May be known already', open: 'This is them', place: 'Number from {{place}}' },
  rosterDesk: { due: 'To do', today: '{{count}} today', dueIn: 'in {{time}}', overdue: '{{time}} late', now: 'now', voicemail: 'Message to answer', callback: 'Call back', more: '{{count}} more' },
  keyAction: {
    answer: 'Answer', hangup: 'Hang up or reject', hold: 'Hold or retrieve', mute: 'Mute or unmute', consult: 'Consult or dial', transfer: 'Transfer', conference: 'Three-way', business: 'Business menu, then a letter',
    rosterUp: 'Previous contact', rosterDown: 'Next contact', note: 'Write a note', script: 'Script, then 1–9', submit: 'Submit', palette: 'Commands', region: 'Next region', regionBack: 'Previous region', help: 'All shortcuts', expert: 'Ask an expert',
  },
  keySettings: {
    change: 'Change', changeOf: 'Change the key of “{{action}}”', strike: 'Strike the new key, Esc leaves it', reset: 'Reset all', taken: 'Taken by “{{action}}”', bare: 'Needs Ctrl or Alt, or a function key', reserved: 'The browser or input method needs this key', open: 'Shortcuts…',
  },
  alerts: { title: 'New contacts', sound: 'Ring', flash: 'Flash the title' },
  tryOut: {
    title: 'Simulated customer', lead: 'Place a real call to the centre from a customer’s number. Sign in as an agent in another window and try both sides alone.', who: 'Who calls', call: 'Call', hangUp: 'Hang up', keys: 'Keys', again: 'Call again',
    state: { calling: 'Dialling', ringing: 'Ringing', answered: 'Connected', ended: 'Ended', failed: 'Could not be placed' }, heard: 'Connected {{time}}', link: 'Nobody calls? Play the customer yourself', refused: 'Only in the demo', back: 'Back to sign-in',
    customer: { known: 'Known customer', shared: 'Shared number', vip: 'VIP', stranger: 'New number' },
  },
}

/** Words of problems, by their stable codes. */
export const deskProblemsEn = {
  visitor_busy: 'The simulated customer is still on a call; hang up first', no_such_visit: 'This call has ended', too_many_visits: 'Too many calls in a row; wait a little', not_in_demo: 'Only in the demo', too_many_comparisons: 'Many answers compared already; wait a little',
}
