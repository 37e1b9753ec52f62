import { createContext } from 'react'

import type { Words } from './words'

/** How prompts and queues are called, for all that is drawn. */
export const WordsContext = createContext<Words>({ t: (key) => key, prompt: (name) => name, queue: (code) => code, flow: (code) => code })
