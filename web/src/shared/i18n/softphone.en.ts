import type { Shape } from './shape'
import type { softphoneZh } from './softphone.zh'

export const softphoneEn: Shape<typeof softphoneZh> = {
  complete: 'Complete', cancel: 'Back', join: 'Merge', leave: 'Leave', people: 'People', alternate: 'Swap',
  youAreAsked: 'a colleague asks you; the customer is theirs', notInCharge: 'the customer is a colleague\'s', stillRings: 'it still rings there', othersSpeak: 'several speak together, nobody can be held',
  askFirst: 'consult somebody first, then merge',
  rings: 'ringing {{time}}', speaks: 'talking {{time}}', waits: 'waiting {{time}}', finding: 'looking for somebody {{time}}', customerWaits: 'hears music', withOthers: '{{count}} parties',
  askedBy: '{{by}} asks: {{note}}', askedByOnly: '{{by}} asks', handedBy: 'From {{by}}: {{note}}', handedByOnly: 'From {{by}}',
  consultFailed: '{{whom}} was not reached ({{why}}), the customer is still on hold', transferFailed: '{{whom}} was not reached ({{why}}), the customer comes back to you',
  second: 'Another call from {{who}}, kept silent while you talk',
  failed: {
    transfer: 'Not transferred, you still talk with the customer: {{why}}', consult: 'Nobody consulted, you still talk with the customer: {{why}}', transferHeld: 'Not transferred, the customer is still on hold: {{why}}', consultHeld: 'Nobody consulted, the customer is still on hold: {{why}}',
    complete: 'Not transferred, the consultation goes on: {{why}}', cancel: 'Not back with the customer, the consultation goes on: {{why}}', join: 'Not merged, the consultation goes on: {{why}}', alternate: 'Not swapped, the call goes on: {{why}}',
    leave: 'You have not left, the call goes on: {{why}}', drop: 'Not removed, the call goes on: {{why}}',
  },
  directory: {
    title: 'Transfer and consult', placeholder: 'Name, pinyin, work number, queue or any number', note: 'A note for whoever is asked or takes over', notePlaceholder: 'e.g. check the October bill; identity is verified',
    agents: 'Colleagues', queues: 'Queues', outside: 'Outside number', dial: 'Dial {{number}}', nothing: 'No colleague or queue matches “{{text}}”; type a number to call outside', failed: 'The directory did not answer; numbers can still be typed', more: 'There are more: type a few letters',
    transfer: 'Transfer now', consult: 'Consult first', keys: 'choose', close: 'close', ready: '{{count}} ready', waiting: '{{count}} waiting', loading: 'Looking',
  },
  members: { title: 'In this call', drop: 'Remove', leave: 'Leave the call', leaveHint: 'The others go on with the customer', you: 'You', customer: 'Customer', state: { talking: 'talking', ringing: 'ringing', waiting: 'waiting', hold: 'on hold', lost: 'cut off' } },
  dial: {
    open: 'Call out', title: 'Call out', number: 'Number', show: 'Show', standard: 'The centre\'s number', call: 'Call', recent: 'Called lately', missing: 'Enter a number', failed: 'No call made: {{why}}', hint: 'Your phone first, then theirs', owed: '{{count}} callbacks', none: 'Numbers you call are listed here until the window is closed',
  },
  check: {
    open: 'Check headset and network', title: 'Headset and network', first: 'First time in this browser: check headset and network', begin: 'Check', skip: 'Later',
    microphone: 'Microphone', speak: 'Say a few words; the bar should follow your voice', heard: 'Your voice is heard', quiet: 'Nothing heard yet', noMicrophone: 'No microphone: plug one in and allow it in the address bar',
    speaker: 'Headset', ring: 'Ring on', standard: 'System default', play: 'Play a tone', playing: 'Playing', testRing: 'Test ring',
    network: 'Network', sip: 'Signalling', ice: 'Sound path', ms: '{{count}} ms', unreached: 'not reached', direct: 'direct', relay: 'by relay', testing: 'Testing', again: 'Test again',
    good: 'The network is good', slow: 'The network is slow, sound may lag', bad: 'The centre is not reached: check the network and try again', done: 'Done', kept: 'Last check {{time}}: {{result}}', fine: 'fine', notFine: 'with problems',
  },
  problems: {
    agent_not_free: 'that colleague is not free now; choose another, or a queue', agent_has_it: 'that colleague has this call already', no_target: 'choose a colleague or a queue, or type a number', number_not_allowed: 'your rules do not allow that number', no_such_participant: 'they have left the call',
    not_our_number: 'that is not a number of this centre', not_registered: 'their phone cannot be reached', trunks_full: 'all lines are busy; try again later', no_such_queue: 'there is no such queue', bad_keys: 'these keys do not exist',
  },
  auto: 'Answered by itself',
}
