import { describe, expect, it } from 'vitest'

import { busyReasons } from '@/features/phone/reasons'
import { callbacksEn } from '@/shared/i18n/callbacks.en'
import { callbacksZh } from '@/shared/i18n/callbacks.zh'
import { customersEn } from '@/shared/i18n/customers.en'
import { customersZh } from '@/shared/i18n/customers.zh'
import { adminEn } from '@/shared/i18n/admin.en'
import { adminZh } from '@/shared/i18n/admin.zh'
import { en } from '@/shared/i18n/en'
import { flowsEn } from '@/shared/i18n/flows.en'
import { flowsZh } from '@/shared/i18n/flows.zh'
import { promptsEn } from '@/shared/i18n/prompts.en'
import { promptsZh } from '@/shared/i18n/prompts.zh'
import { knowledgeAdminEn } from '@/shared/i18n/knowledgeAdmin.en'
import { knowledgeAdminZh } from '@/shared/i18n/knowledgeAdmin.zh'
import { queuesEn } from '@/shared/i18n/queues.en'
import { queuesZh } from '@/shared/i18n/queues.zh'
import { telephonyEn } from '@/shared/i18n/telephony.en'
import { telephonyZh } from '@/shared/i18n/telephony.zh'
import { zh } from '@/shared/i18n/zh'

type Tree = { [key: string]: string | Tree }
const flat = (tree: Tree, prefix = ''): Array<[string, string]> =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`)))
const blanks = (text: string) => (text.match(/{{\w+}}/g) ?? []).toSorted().join()

const chinese = new Map([...flat(zh), ...flat(customersZh), ...flat(knowledgeAdminZh), ...flat({ admin: adminZh }), ...flat({ tel: telephonyZh }), ...flat(queuesZh), ...flat(callbacksZh), ...flat(flowsZh), ...flat(promptsZh)])
const english = new Map([...flat(en as unknown as Tree), ...flat(customersEn as unknown as Tree), ...flat(knowledgeAdminEn as unknown as Tree), ...flat({ admin: adminEn } as unknown as Tree), ...flat({ tel: telephonyEn } as unknown as Tree), ...flat(queuesEn as unknown as Tree), ...flat(callbacksEn as unknown as Tree), ...flat(flowsEn as unknown as Tree), ...flat(promptsEn as unknown as Tree)])

/** Every literal key the source asks for. */
const sources = import.meta.glob<string>('../../src/**/*.{ts,tsx}', { eager: true, query: '?raw', import: 'default' })
const asked = new Set<string>()
for (const text of Object.values(sources)) {
  for (const match of text.matchAll(/\bt\(\s*'([a-zA-Z]+(?:\.[a-zA-Z0-9_]+)+)'/g)) asked.add(match[1] ?? '')
}

describe('texts', () => {
  it('both languages say the same things', () => {
    expect([...english.keys()]).toEqual([...chinese.keys()])
  })

  it('both languages fill in the same values', () => {
    const differing = [...chinese].filter(([key, text]) => {
      const other = blanks(english.get(key) ?? '')
      // English may leave a unit or a repeated word out, never add a value that is not given.
      return other.split(',').some((blank) => blank && !blanks(text).includes(blank))
    })
    expect(differing).toEqual([])
  })

  it('every text the screens ask for exists', () => {
    expect(asked.size).toBeGreaterThan(100)
    expect([...asked].filter((key) => !chinese.has(key))).toEqual([])
  })

  it('every code that can be chosen has a word', () => {
    const missing = busyReasons.map((code) => `reason.${code}`).filter((key) => !chinese.has(key))
    expect(missing).toEqual([])
  })

  it('Chinese uses full-width punctuation between Han and never an exclamation mark', () => {
    const wrong = [...chinese].filter(([, text]) => /[\u4e00-\u9fff][,;:?!]|[！!]/.test(text))
    expect(wrong).toEqual([])
  })
})
