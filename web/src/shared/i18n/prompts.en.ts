import type { promptsZh } from './prompts.zh'
import type { Shape } from './shape'

export const promptsEn: Shape<typeof promptsZh> = {
  prompts: {
    title: 'Prompts', search: 'Name or words', add: 'New prompt', detail: 'Prompt', empty: 'No prompts yet', noneFound: 'No such prompt', count: 'Prompts: {{count}}', dropHere: 'Sound files can be dropped here', comma: ', ',
    column: { name: 'Name', text: 'Words', used: 'Used in' },
    filter: { label: 'Which', all: 'All', own: 'Own', shipped: 'Shipped', silent: 'Without sound' },
    tongue: { zh: 'Chinese', en: 'English' },
    own: 'Own', shipped: 'Shipped', none: 'None', noneLong: 'No recording', wordsOnly: 'Words only', wordsOnlyLong: 'No recording; spoken from its words where a voice is installed', unused: 'Not used', unusedLong: 'No published flow or queue says it', unusedShipped: 'No published flow or queue says it; the system itself may', usedIn: 'Used in flows', usedByQueues: 'Used by queues {{codes}}', inQueue: 'queue {{code}}',
    play: 'Play {{name}} ({{language}})', stop: 'Stop {{name}} ({{language}})',
    words: 'Words', wordsHint: 'Write down what this prompt says', wordsFirst: 'Write the words first, then record', saveWords: 'Save words', wordsKept: 'Words saved', soundKept: 'Sound saved; new calls hear it at once',
    upload: 'Upload', atPhone: 'Record by phone', speak: 'Speak the words', back: 'Back to shipped', remove: 'Delete', removed: 'Deleted', backToShipped: 'Back to the shipped recording',
    reallyBack: 'Bring back the shipped words and sound of “{{name}}”', reallyRemove: 'Delete the prompt “{{name}}”', removeHint: 'Calls that hear it now hear it to the end', inUse: 'Still used: {{places}}. Use another one there first',
    source: { text: 'words', file: 'uploaded', microphone: 'microphone', phone: 'phone', voice: 'synthetic' },
    warning: { clipped: 'Too loud when recorded, the sound is distorted; record it again with less volume', quiet: 'Too quiet when recorded, noise comes up with it; record it again closer to the microphone' },
    unfit: { nothing: 'Nothing is heard in this recording', short: 'The recording is shorter than 0.2 s', long: 'The recording is longer than 5 minutes', format: 'This is no WAV, MP3, Ogg, FLAC, M4A or WebM file', damaged: 'The file cannot be read; it may be damaged', large: 'The file is over 10 MB' }, unfitBefore: 'The last recording cannot be used: {{reason}}',
    reallyLose: 'The changed words of “{{name}}” are not saved', lose: 'Discard changes', editOn: 'Go on editing',
    mic: { start: 'Microphone', stop: 'Stop ({{time}})', speakNow: 'Recording: speak now', hear: 'Listen', keep: 'Save', again: 'Again', microphoneDenied: 'The microphone is not allowed: allow it in the address bar', microphoneMissing: 'No microphone found: connect one first' },
    take: { ringing: 'Your phone rings: please answer', recording: 'Speak after the tone, # ends', kept: 'Sound saved; new calls hear it at once', unfit: 'This recording cannot be used; record it again', unanswered: 'Your phone was not answered', ended: 'Nothing was saved' },
    fresh: { title: 'New prompt', submit: 'Save', language: 'Language', nameHint: 'Small letters, digits, underscores; a letter first', nameWrong: 'Use small letters, digits and underscores, a letter first', replaces: 'There is one of this name: callers will hear the new one', wordsMissing: 'Write down what this prompt says', wordsHint: 'Spoken by a voice where there is no recording', sound: 'Recording', soundHint: 'WAV, MP3, Ogg, FLAC, M4A; up to 10 MB and 5 minutes', choose: 'Choose a file', tooLarge: 'The file is over 10 MB' },
  },
  action: { prompt_changed: 'Prompt changed', prompt_removed: 'Prompt deleted' },
  objectKind: { prompt: 'Prompt' },
  problem: { prompt_reserved: 'This name belongs to a tone or a piece of speech; choose another one', prompt_in_use: 'Flows or queues still say it; it cannot be deleted', too_many_prompts: 'There are as many prompts as there may be; delete old ones first', text_missing: 'Write the words first', sound_unfit: 'This file cannot be a prompt', no_such_prompt: 'There is no such prompt', no_sound: 'There is no recording', no_voice: 'No voice is installed; upload or record it', voice_away: 'The voice does not answer now; try again later', no_seat: 'Your phone is not registered; use the microphone', seat_busy: 'You are in a call or recording already; finish it first', no_such_take: 'The recording is over', file_too_large: 'The file is over 10 MB', no_room: 'The disk is full; nothing was saved', studio_busy: 'Too many recordings are being made ready; try again in a moment', bad_upload: 'The upload did not finish; try again', audio_unreadable: 'The browser cannot play this recording' },
}
