import { beforeEach, describe, expect, it } from 'vitest'

import { clearNotices, notify, readNotices } from '@/shared/notices'

const kept = () => JSON.parse(sessionStorage.getItem('yuelai.notices') ?? '[]') as Array<{ text: string; read: boolean }>

beforeEach(clearNotices)

describe('notices', () => {
  it('stay for the session, newest first, unread until looked at', () => {
    notify('one')
    notify('two', 'red')
    expect(kept().map(({ text, read }) => [text, read])).toEqual([
      ['two', false],
      ['one', false],
    ])
    readNotices()
    expect(kept().every(({ read }) => read)).toBe(true)
  })
  it('what repeats itself is one', () => {
    notify('again')
    notify('again')
    expect(kept()).toHaveLength(1)
  })
  it('a hundred are enough', () => {
    for (let count = 0; count < 130; count += 1) notify(`notice ${count}`)
    expect(kept()).toHaveLength(100)
    expect(kept()[0]?.text).toBe('notice 129')
  })
})
