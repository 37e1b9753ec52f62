import { businessesEn } from './businesses.en'
import { colleaguesEn } from './colleagues.en'
import { deskEn, deskProblemsEn } from './desk.en'
import { overviewEn } from './overview.en'
import { interactionsEn } from './interactions.en'
import { knowledgeEn } from './knowledge.en'
import { shellEn } from './shell.en'
import { softphoneEn } from './softphone.en'
import { trailToolsEn } from './trail.en'
import type { Texts } from './zh'

export const en: Texts = {
  app: { name: 'Yuelai', about: 'Customer service centre', noDesk: 'Your role has no agent desk.', notFound: 'There is no such page.' },
  common: { retry: 'Try again', all: 'All', fewer: 'Fewer' },
  time: { seconds: '{{count}} s' },
  month: {
    1: 'January', 2: 'February', 3: 'March', 4: 'April', 5: 'May', 6: 'June',
    7: 'July', 8: 'August', 9: 'September', 10: 'October', 11: 'November', 12: 'December',
  },
  nav: { title: 'Navigation', desk: 'Desk', interactions: 'Records', customers: 'Customer', ...shellEn.nav, ...knowledgeEn.nav, ...colleaguesEn.nav },
  colleagues: colleaguesEn.colleagues, handover: colleaguesEn.handover, bulletin: colleaguesEn.bulletin,
  palette: shellEn.palette,
  notice: shellEn.notice,
  rail: { trail: 'Trail', ...knowledgeEn.rail, ...colleaguesEn.rail },
  session: {
    ...shellEn.session,
    username: 'User name', password: 'Password', signIn: 'Sign in', signOut: 'Sign out',
    usernameMissing: 'Enter your user name', passwordMissing: 'Enter your password',
  },
  settings: {
    title: 'Settings', language: 'Language', theme: 'Appearance', light: 'Light', dark: 'Dark', system: 'System',
    toLight: 'Switch to light', toDark: 'Switch to dark', notes: 'Desktop notes while hidden', notesDenied: 'The browser does not allow desktop notes; its site settings can',
  },
  agent: {
    mine: 'My state', ready: 'Ready', ringing: 'Ringing', talking: 'Talking', hold: 'Hold', consult: 'Consulting', wrapup: 'Wrap-up', busy: 'Busy', offline: 'Offline', cut: 'Disconnected',
    afterCall: 'Takes effect after the call', pending: 'After wrap-up: {{state}}', pendingForced: 'Set by a leader, after wrap-up: {{state}}', forced: 'Set by a leader', failed: 'State not changed: {{why}}',
  },
  reason: {
    lunch: 'Lunch', break: 'Break', meal: 'Meal', training: 'Training', meeting: 'Meeting', coaching: 'Coaching', outbound: 'Outbound', private_call: 'Another call', forced: 'Set by a leader',
    rona: 'No answer', declined: 'Declined a call', system_restart: 'System restart', seat_lost: 'Phone lost', agent_left: 'Left',
  },
  seat: {
    title: 'Seat', browser: 'Browser phone', phone: 'Desk phone', relayOnly: 'Sound by relay only (check)',
    short: { browser: 'Browser', phone: 'Desk phone' },
    unregistered: { browser: 'browser phone not registered', phone: 'desk phone not registered' },
    lost: { browser: 'Browser phone lost: no calls for now', phone: 'Desk phone lost: no calls for now' },
    insteadOf: { browser: 'Browser phone lost: at the desk phone', phone: 'Desk phone lost: at the browser' },
  },
  phone: {
    controls: 'Call controls', answer: 'Answer', answering: 'Joining', hold: 'Hold', retrieve: 'Retrieve', mute: 'Mute', unmute: 'Unmute',
    transfer: 'Transfer', consult: 'Consult', conference: '3-way', keypad: 'Keys', hangup: 'Hang up', reject: 'Decline',
    answerOnDesk: 'answer on your phone', onDesk: 'use your phone', notArrived: 'the call is on its way to the phone',
    linkLost: 'cut off for the moment; works again once back', otherTab: 'Phone is in another tab or browser', inOtherTab: 'The phone is in another tab or browser',
    takeOver: 'Take over', takeOverHere: 'Take it over here', keypadHint: 'Keys go to the other side',
    microphoneDenied: 'Microphone not allowed: allow it in the address bar, then answer', microphoneMissing: 'No microphone found: plug one in, then answer',
    microphoneDeniedShort: 'Microphone not allowed', microphoneMissingShort: 'No microphone',
    noSound: 'Sound lost, the customer is still there', rejoin: 'Rejoin', rejoining: 'Getting the sound back',
    poor: 'Poor network, the sound may break up', poorHint: 'Nothing is needed; a cable instead of wireless helps',
    registration: { off: 'Phone off', connecting: 'Registering', registered: 'Phone registered', failed: 'Not registered' },
    failed: {
      hold: 'Not on hold, the call goes on: {{why}}', retrieve: 'Not retrieved, the customer is still on hold: {{why}}', hangup: 'Not hung up: {{why}}',
    },
  },
  softphone: softphoneEn,
  call: {
    none: 'No call', recording: 'Recording', recordingShort: 'Rec', recordingPause: 'Recording; pause it while a card number is read out', recordingPaused: 'Rec off', recordingOff: 'Off', recordingResume: 'Not recording; click to record again', ringLeft: '{{count}} s left', total: 'Total {{time}}', holding: 'Hold {{time}}',
    wrapupLeft: 'Left for wrap-up', left: '{{time}} left', gone: 'The call from {{who}} has gone unanswered', cut: 'The call with {{who}} was cut off',
  },
  load: { queue: 'Waiting', waiting: '{{count}}', longest: 'longest {{time}}', answered: 'Answered', average: 'Handling' },
  team: {
    title: 'Team', number: 'Number', name: 'Name', state: 'State', since: 'For', next: 'Next', set: 'Set', signOut: 'Sign out', here: '{{count}} of {{all}} at work',
    later: '{{who}}: takes effect after the call', empty: 'No agents within your reach',
  },
  roster: {
    title: 'My interactions', count: '{{count}}', ringing: 'Incoming',
    waiting: 'Nothing yet, waiting {{time}}', busy: 'Nothing here. While busy you get no calls', offline: 'Nothing here. Become ready to get calls',
  },
  desk: {
    waiting: 'Waiting for a call {{time}}', busy: 'Busy: you get no calls', offline: 'You are offline',
    waitingThen: 'The customer appears here while the call is still ringing.', offlineThen: 'Become ready to take calls; your state is always top left.', becomeReady: 'Become ready',
  },
  tab: { title: 'Customer pages', overview: '360° view', identify: 'Identify', create: 'New customer' },
  state: { ivr: 'Self-service', queue: 'Queuing', ring: 'Ringing', dial: 'Dialling', talk: 'Talking', hold: 'On hold', consult: 'Consulting', conference: 'Conference', message: 'Leaving a message', wrapup: 'Wrap-up', closed: 'Done' },
  segment: { ivr: 'Self-service', queue: 'Queue', ring: 'Ring', dial: 'Dial', talk: 'Talk', hold: 'Hold', consult: 'Consult', conference: 'Conference', message: 'Message', wrapup: 'Wrap-up', running: 'running' },
  channel: { voice: 'Phone' },
  class: { vip: 'VIP', gold: 'Gold', silver: 'Silver' },
  classShort: { vip: 'VIP', gold: 'Gold', silver: 'Silver' },
  gender: { female: 'Female', male: 'Male', unknown: 'Unknown' },
  customer: {
    age: '{{count}}', no: 'No. {{no}}', manager: 'Manager {{number}}', unique: 'Only match', chosen: 'Chosen by hand', company: 'Company',
    unidentified: 'Not identified', stranger: 'New number', newNumber: 'Nobody has used this number', shared: '{{count}} customers use this number',
    hiddenNumber: 'Number withheld', noAddress: 'No address', onlyThis: 'only this number', maskedUntilChosen: 'Accounts hidden and address masked until chosen',
  },
  ...interactionsEn,
  script: knowledgeEn.script,
  offer: knowledgeEn.offer,
  ...deskEn,
  business: businessesEn.business,
  ...overviewEn,
  why: {
    title: 'Why they call', direct: 'Direct call', queue: 'Queue {{queue}}', waited: 'waited {{time}}', notWaited: 'no wait', pressed: 'pressed {{key}}',
    toYou: 'To you: {{why}}', idle: 'idle {{time}}', considered: 'out of {{count}}', offer: 'offer {{count}}',
  },
  decided: {
    longest_idle: 'longest idle', only_agent_free: 'the only agent free', first_agent_to_become_free: 'first to become free',
    least_occupied: 'least occupied', round_robin: 'taking turns', most_skilled: 'most skilled', least_skilled_sufficient: 'skilled enough', ring_all: 'all rang', fixed_order: 'fixed order',
    only: 'asked for', preferred: 'preferred', last_agent: 'served them last', owner: 'in charge', manager: 'account manager', consult: 'asked by a colleague', outbound: 'outbound',
  },
  collected: { topic: 'Topic', language: 'Language', bss: 'Business system', payment: 'Payment', pin: 'PIN' },
  node: {},
  overview: {
    products: 'Products', money: 'Account and bills', contacts: 'Recent contacts', orders: 'Orders', balance: 'Balance', billOf: '{{month}} bill',
    paid: 'paid {{day}}', due: 'due {{day}}', late: 'overdue since {{day}}', change: '{{amount}}', perMonth: '{{amount}}/mo',
    noProducts: 'No products in use', noAccounts: 'No account', noContacts: 'No earlier contacts', noOrders: 'No orders', selfService: 'Self-service',
    slow: 'Customer data not back after 3 s; the call is not affected', failed: 'Customer data could not be fetched; the call is not affected',
  },
  accountKind: { prepaid: 'Prepaid', postpaid: 'Postpaid' },
  status: { active: 'Active', suspended: 'Suspended', closed: 'Closed', done: 'Done', open: 'Open', cancelled: 'Cancelled' },
  identify: {
    possible: 'Possible customers', possibleHint: '{{count}}, likeliest first', candidates: 'Possible customers', chosen: 'Current customer',
    noneOfThem: 'None of them', somebodyElse: 'Somebody else', find: 'Find a customer', findHint: 'Name, customer number, or last four digits of a phone',
    searchPlaceholder: 'Name, customer number, phone', search: 'Find', nothing: 'Nothing found for “{{text}}”', more: 'There are more; add a few letters', create: 'New customer',
    afterHint: 'Choosing opens the 360° view and joins this call to the customer; a wrong choice can be changed here.', undoHint: 'A wrong choice can be changed here; trail and records move along.',
  },
  create: {
    title: 'New customer', hint: 'The number is filled in; write while you talk', hintSeveral: 'Only if it is none of the known ones', known: 'Known already: find',
    name: 'Name', phones: 'Phone', gender: 'Gender', address: 'Address', submit: 'Save customer',
    nameMissing: 'Enter a name', phoneMissing: 'Enter at least one phone', phoneShort: 'The number is not complete; landlines need their area code',
  },
  draft: { saved: 'Draft saved {{time}}; a reload keeps it' },
  wrapup: {
    next: 'Next', callback: 'Book a callback', business: 'Business', unsent: '{{count}} not submitted:', proposed: 'proposed',
    extend: '1 minute more', title: 'Wrap-up', left: '{{time}} left, then it ends by itself', disposition: 'Outcome', note: 'Note (optional)', submit: 'Finish', missing: 'Choose an outcome', detail: 'In detail', noteNeeded: 'Note (needed)',
  },
  disposition: {
    solved: 'Solved', inquiry: 'Inquiry', billing: 'Billing', fault: 'Fault', complaint: 'Complaint', business: 'Order', followup: 'Follow up', wrong_number: 'Wrong number', other: 'Other',
  },
  trail: {
    ...trailToolsEn,
    title: 'Service trail', now: 'Now', empty: 'No interaction selected', note: 'Note', notePlaceholder: 'Write a note, Enter adds it', noteKept: 'Kept here',
    arrived: 'Call {{from}} → {{to}}', called: 'Called {{to}}, shown {{from}}', dialling: 'Calling the customer', calledBack: '{{kind}} called back, attempt {{attempt}}', booked: 'A callback was booked', recalled: 'Not to be called any more', ownPhone: 'Own phone was not picked up', notReached: 'Customer not reached: {{why}}', left: 'Message of {{time}} left', notLeft: 'No message left', messageSent: 'Text message ({{template}}) {{state}}', messageNot: 'Text message ({{template}}) {{state}}: {{why}}',
    owed: { callback: 'Callback:', voicemail: 'Voicemail:', web: 'Web request:' }, result: { busy: 'busy', no_answer: 'no answer', refused: 'declined', unreachable: 'unreachable', denied: 'number not allowed' }, answeredBy: 'Answered by {{agent}}', held: 'Put on hold', retrieved: 'Retrieved after {{time}} on hold', ended: 'Call over, wrap-up', queued: 'Queued: {{queue}}', movedTo: 'Moved to {{queue}}', queueClosed: 'Queue closed, and there is no other',
    offered: 'Offered to {{agent}}', offeredWhy: 'Offered to {{agent}}: {{why}}', offerFailed: '{{agent}} did not take it: {{why}}', chosen: '{{agent}} chose the customer',
    sounded: 'Sound at the end (MOS): {{parties}}', customer: 'customer {{mos}}', agent: 'agent {{mos}}',
    rejoined: '{{agent}} got the sound back', lost: 'Sound of {{agent}} lost, the customer hears music', restarted: 'System restart, cut while: {{state}}', notRecorded: 'Could not be recorded', recordingPaused: 'Recording paused by {{agent}}', recordingResumed: 'Recording resumed by {{agent}}', flowFailed: 'The flow failed; to an agent',
    consultedBy: '{{agent}} asks {{whom}}', consultFailed: 'Asking {{whom}} failed: {{why}}', transferred: '{{agent}} transfers to {{whom}}', transferFailed: 'Transfer to {{whom}} failed: {{why}}', conferred: '{{agent}} joins {{whom}} in a conference', consulting: 'Consulting; the customer hears music', conference: 'Conference', message: 'The customer leaves a message', backToTalk: 'Back in talk', goesOn: '{{agent}} talks on',
    waits: 'Nobody free, waiting', waitsOn: 'Waiting', diverted: '{{where}}, because {{why}}',
    where: { voicemail: 'To voicemail', callback: 'To be called back', message: 'Told so and let go', number: 'To an outside number', queue: 'To another queue' },
    kind: { system: 'System', recording: 'Recording', lookup: 'Look-up', callback: 'Callback', voicemail: 'Voicemail', message: 'Text message' },
    sms: { template: { code: 'one-time code', bill_details: 'bill', tariff: 'tariff', outlet: 'outlet', order_received: 'order received', fault_received: 'fault received' }, state: { queued: 'to be sent', sending: 'being sent', sent: 'sent', delivered: 'delivered', failed: 'failed', unknown: 'perhaps sent', refused: 'not sent' }, why: { no_provider: 'there is no provider', too_many: 'too many to this number within an hour', too_late: 'too late', unreadable: 'its words cannot be read', erased: 'the customer was erased', undeliv: 'not deliverable', expired: 'not delivered in time', rejectd: 'the provider rejects it', deleted: 'the provider deleted it' } },
    flow: {
      pressed: '{{step}}: pressed {{key}} {{choice}}', repeat: '{{step}}: pressed {{key}}, repeated', no_match: '{{step}}: pressed {{key}}, no such choice (attempt {{attempt}})',
      no_input: '{{step}}: no key (attempt {{attempt}})', digits: '{{step}}: entered {{digits}}', hidden: '{{step}}: entered {{length}} digits, masked',
      lookup: '{{step}}: answered', lookupFailed: '{{step}}: no answer',
    },
  },
  refusal: {
    declined: 'declined', rona: 'no answer', busy: 'busy', unreachable: 'phone not reachable', too_late: 'too late', agent_left: 'agent left', seat_lost: 'phone lost', customer_left: 'customer left',
  },
  ended: {
    customer_hung_up: 'Customer left', agent_hung_up: 'Agent ended', served: 'Served', abandoned: 'Abandoned', refused: 'Not taken', message_left: 'Message left', callback_booked: 'Callback booked', turned_away: 'Turned away', transferred_out: 'Transferred out', not_reached: 'Not reached', system_restart: 'Cut by restart', failed: 'Failed',
  },
  list: {
    ...shellEn.listShell,
    title: 'Interactions', recorded: 'Recorded', loaded: '{{count}}', loadedMore: '{{count}} loaded, scroll for more', loadingMore: 'Loading earlier ones', refresh: 'Refresh',
    nothingFound: 'No interaction matches', nothingYet: 'No interactions yet', clear: 'Clear filters',
    filter: { ani: 'Caller’s number', aniHint: 'Number, Enter', channel: 'Channel', allChannels: 'All channels', today: 'Today', week: '7 days', month: '30 days' },
    column: {
      time: 'Time', number: 'Number', customer: 'Customer', queue: 'Queue', agent: 'Agent', outcome: 'State', wait: 'Wait', talk: 'Talk', disposition: 'Outcome',
    },
  },
  detail: {
    signalling: 'Signalling', back: 'Back to the list', queue: 'Queue', agent: 'Agent', wait: 'Wait', talk: 'Talk', hold: 'Hold', consult: 'Consult', disposition: 'Outcome', dialled: 'Our number', note: 'Note', recording: 'Recording', segments: 'Stretches',
    noRecording: 'No recording', sealing: 'The recording is being sealed and will appear here',
  },
  player: {
    play: 'Play', pause: 'Pause', position: 'Position', speed: 'Speed', said: 'Customer', heard: 'Heard by them',
    notKept: 'The recording was paused here', notKeptFrom: 'Paused from {{from}} to {{to}}: nothing was kept',
  },
  keys: {
    ...shellEn.keysShell,
    all: 'All keys', tab: 'Tab', note: 'Note', region: 'Next region', hangup: 'Hang up / decline', hold: 'Hold / retrieve', mute: 'Mute / unmute',
    roster: 'Next interaction', submit: 'Submit', escape: 'Leave the field', candidate: 'Choose a customer (list focused)',
  },
  link: {
    online: 'Connected', connecting: 'Connecting', offline: 'Disconnected', recovering: 'Recovering',
    lost: 'Connection lost, reconnecting {{time}}', lostInCall: 'Connection lost, the call goes on, reconnecting {{time}}',
    recoveringFor: 'The call service is recovering {{time}}; the screen follows by itself',
  },
  alert: { ringing: 'Call from {{who}}' },
  problem: {
    ...colleaguesEn.problem,
    ...shellEn.problems,
    ...deskProblemsEn,
    ...businessesEn.businessProblems,
    ...softphoneEn.problems,
    ...knowledgeEn.problems,
    unknown_disposition: 'This outcome is switched off or not for this queue: choose another', note_needed: 'This outcome needs a note',
    unknown: 'That did not work; try again later', network: 'The server cannot be reached; check the network', not_signed_in: 'Your session is over; sign in again', wrong_credentials: 'The user name or the password is wrong',
    forbidden: 'Your role does not allow this', too_many_attempts: 'Too many attempts; wait before the next one', no_number: 'You have no work number, hence no phone',
    not_found: 'Not found, or not yours to see', no_such_interaction: 'There is no such interaction, or it is not yours to see', interaction_not_live: 'This interaction is over',
    not_your_interaction: 'This interaction is no longer yours', wrong_call_state: 'The call has moved on; this cannot be done now', illegal_step: 'The interaction has moved on; this cannot be done now', conflict: 'Things have moved on; look at the present state first',
    unavailable: 'The service does not answer at the moment', unknown_customer: 'There is no such customer', not_a_phone_number: 'The number is not complete; landlines need their area code', nothing_to_search: 'Enter something to search for',
    no_wrapup: 'The wrap-up is over', wrapup_too_long: 'The wrap-up is as long as this queue allows',
    no_such_agent: 'You are not an agent', seat_not_registered: 'Your phone is not registered: start it, or choose the other seat', seat_in_use: 'The seat can be changed after the call', state_not_yours: 'This state follows from calls and cannot be chosen',
    recording_erased: 'The recording was erased with the personal data', recording_damaged: 'The file of the recording is missing or was changed', recording_not_complete: 'The call is still being recorded', no_such_recording: 'There is no such recording, or it is not yours to hear', master_key_missing: 'The master key that opens recordings is not at hand', offer_gone: 'The call has gone', audio_unreadable: 'The recording cannot be played', bad_cursor: 'The list has changed; refresh it', invalid: 'Something in it is not as required', http_404: 'Not found', http_500: 'Server error; try again later', http_502: 'The service is restarting', http_503: 'The service does not answer at the moment',
  },
}
