/** Words of the page of callbacks and voicemails. */
import type { callbacksZh } from './callbacks.zh'
import type { Shape } from './shape'

export const callbacksEn: Shape<typeof callbacksZh> = {
  callbacks: {
    title: 'Callbacks and voicemails', detail: 'Callback', book: 'Book a callback', empty: 'Nobody waits to be called back', nothing: 'No callback fits', refresh: 'Refresh',
    tab: { open: 'To do', done: 'Done', failed: 'Not reached', cancelled: 'Cancelled' },
    due: 'Due', customer: 'Customer', queue: 'Queue', attempts: 'Attempts', state: 'State', message: 'Message', anyQueue: 'Any queue', anyKind: 'Any kind', hidden: 'Number withheld', stranger: 'Not identified', now: 'As soon as possible', overdue: 'Due now',
    kind: { callback: 'Callback', voicemail: 'Voicemail', web: 'Web request' },
    states: { waiting: 'Waiting', offered: 'Agent rings', dialling: 'Dialling', done: 'Done', failed: 'Not reached', cancelled: 'Cancelled' },
    result: { answered: 'Answered', busy: 'Busy', no_answer: 'No answer', refused: 'Declined', unreachable: 'Unreachable', denied: 'Number not allowed', given_up: 'Agent hung up first', interrupted: 'System interrupted', called_in: 'Customer called in', heard: 'Dealt with' },
    times: '{{count}} of {{most}}', asked: 'Waiting since', booked: 'Booked', last: 'Last result', agent: 'Agent', note: 'Note', from: 'From interaction', call: 'Our call', open: 'Open', language: 'Language',
    putOff: 'Put off', cancel: 'Cancel callback', undo: 'Undo', done: 'Dealt with', again: 'Call back again', cancelled: 'The callback to {{who}} is cancelled', putOffTo: 'Put off to {{at}}', marked: 'Marked as dealt with', newTime: 'New time', inPast: 'Choose a time to come', heardOnly: 'No number: it can only be heard',
    number: 'Number', numberWrong: 'Enter a number that can be dialled', when: 'When', asSoon: 'As soon as possible', mine: 'I shall call', made: 'Booked', cannotDial: 'Tried again after 5 minutes when busy, 30 when nobody answers; three times in all',
  },
  problem: { no_such_callback: 'There is no such callback, or it is not of your queues', no_number: 'This number cannot be dialled', callback_not_waiting: 'It is under way or over and cannot be changed' },
  action: { callback_booked: 'Booked a callback', callback_changed: 'Changed a callback', call_made: 'Called a customer' },
  objectKind: { callback: 'Callback' },
}
