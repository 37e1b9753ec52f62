import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { setOwner, draftOf, draftsOf } from '@/shared/drafts/store'
import { edit, isStuck, refresh, remove, restore } from '@/shared/drafts/sync'
import { fixedId, newId } from '@/shared/drafts/ids'
import { merge } from '@/shared/drafts/model'

const me = { id: 'p1', number: '8001', name: '李强' }
const colleague = { id: 'p2', number: '8002', name: '赵敏' }

/** The centre: drafts as it has them, and what it was asked. */
class Centre {
  drafts = new Map<string, { id: string; interaction_id: string; form: string; values: Record<string, unknown>; version: number; updated_by: typeof me; updated_at: string }>()
  asked: string[] = []
  up = true
  handle = async (url: string, init: { method: string; body?: string }): Promise<Response> => {
    if (!this.up) throw new TypeError('no line')
    const id = url.split('/').at(-1) ?? ''
    this.asked.push(`${init.method} ${id}`)
    if (init.method === 'GET') return Response.json({ items: [...this.drafts.values()] })
    if (init.method === 'DELETE') {
      this.drafts.delete(id)
      return new Response(null, { status: 204 })
    }
    const body = JSON.parse(init.body ?? '{}') as { interaction_id: string; form: string; values: Record<string, unknown>; version: number }
    const before = this.drafts.get(id)
    if (!before && body.version > 0) return Response.json({ status: 404, code: 'no_such_draft' }, { status: 404 })
    if (before && before.version !== body.version) return Response.json({ status: 409, code: 'draft_moved', draft: before }, { status: 409 })
    this.keep(id, body.values, me, body.interaction_id)
    return Response.json(this.drafts.get(id))
  }
  keep(id: string, values: Record<string, unknown>, by = colleague, interaction = 'i') {
    const version = (this.drafts.get(id)?.version ?? 0) + 1
    this.drafts.set(id, { id, interaction_id: interaction, form: 'business:fault', values, version, updated_by: by, updated_at: new Date().toISOString() })
  }
}

describe('drafts of a contact', () => {
  let centre: Centre
  let n = 0
  let contact: { id: string; tenant: { id: string } }
  let id: string
  const type = (values: Record<string, unknown>) => edit(contact, id, 'business:fault', values)
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  beforeEach(() => {
    vi.useFakeTimers()
    localStorage.clear()
    setOwner('')
    setOwner('p1')
    centre = new Centre()
    contact = { id: `i${++n}`, tenant: { id: 't' } }
    id = newId()
    vi.stubGlobal('fetch', centre.handle)
  })
  afterEach(async () => {
    await pass(60_000)
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  it('waits for a session to be renewed; what is refused for good stays here and says so', async () => {
    let status = 401
    vi.stubGlobal('fetch', async (url: string, init: { method: string; body?: string }) => (status ? Response.json({ status, code: 'no' }, { status }) : centre.handle(url, init)))
    type({ place: '3F' })
    await pass(600)
    expect([draftOf(contact.id, id)?.dirty, isStuck(id)]).toEqual([true, false])
    status = 0
    await pass(5_000)
    expect(draftOf(contact.id, id)?.dirty).toBe(false)
    status = 422
    type({ place: '4F' })
    await pass(600)
    expect([draftOf(contact.id, id)?.dirty, isStuck(id)]).toEqual([true, true])
  })

  it('are in the browser at each key and at the centre half a second after the last', async () => {
    type({ symptom: 'slow' })
    expect(Object.values(localStorage).join()).toContain('slow')
    await pass(400)
    type({ symptom: 'slow', phone: '138' })
    await pass(400)
    expect(centre.asked).toEqual([])
    await pass(200)
    expect(centre.drafts.get(id)?.values).toEqual({ symptom: 'slow', phone: '138' })
    expect(draftOf(contact.id, id)).toMatchObject({ version: 1, dirty: false })
  })

  it('typed while one is under way go after it', async () => {
    type({ a: 1 })
    await pass(500)
    type({ a: 2 })
    await pass(500)
    type({ a: 3 })
    await pass(500)
    expect(centre.drafts.get(id)).toMatchObject({ values: { a: 3 }, version: 3 })
  })

  it('typed without a line are sent when it is back', async () => {
    centre.up = false
    type({ a: 1 })
    await pass(2_000)
    expect(draftOf(contact.id, id)).toMatchObject({ dirty: true, values: { a: 1 } })
    centre.up = true
    await pass(5_000)
    expect(centre.drafts.get(id)?.values).toEqual({ a: 1 })
  })

  it('come back after the page was lost, the newest key too', async () => {
    type({ a: 1 })
    await pass(600)
    type({ a: 2 })
    // The page is killed: nothing but the browser's storage is left.
    setOwner('')
    setOwner('p1')
    expect(draftsOf(contact.id).size).toBe(0)
    await refresh(contact)
    expect(draftOf(contact.id, id)?.values).toEqual({ a: 2 })
    await pass(100)
    expect(centre.drafts.get(id)?.values).toEqual({ a: 2 })
  })

  it('that a colleague changed are merged by field, and it is said whose they are', async () => {
    type({ a: 1, b: 1 })
    await pass(600)
    centre.keep(id, { a: 1, b: 9 }, colleague, contact.id)
    type({ a: 5, b: 1 })
    await pass(1_200)
    expect(centre.drafts.get(id)?.values).toEqual({ a: 5, b: 9 })
    expect(draftOf(contact.id, id)).toMatchObject({ values: { a: 5, b: 9 }, dirty: false, others: { b: '赵敏' } })
  })

  it('closed and taken back are there again', async () => {
    type({ a: 1 })
    await pass(600)
    const draft = remove(contact, id)
    await pass(10)
    expect(centre.drafts.size).toBe(0)
    expect(draftOf(contact.id, id)).toBeNull()
    if (draft) restore(contact, draft)
    await pass(100)
    expect(centre.drafts.get(id)?.values).toEqual({ a: 1 })
  })

  it('closed without a line are not shown again, and closed there later', async () => {
    type({ a: 1 })
    await pass(600)
    centre.up = false
    remove(contact, id)
    await pass(100)
    centre.up = true
    await refresh(contact)
    await pass(10)
    expect(draftOf(contact.id, id)).toBeNull()
    expect(centre.drafts.size).toBe(0)
  })

  it('closed by a colleague go, unless something was typed here since', async () => {
    type({ a: 1 })
    await pass(600)
    centre.drafts.delete(id)
    await pass(10)
    await refresh(contact)
    expect(draftOf(contact.id, id)).toBeNull()
    type({ a: 1 })
    await pass(600)
    centre.drafts.delete(id)
    type({ a: 2 })
    await pass(1_200)
    expect(centre.drafts.get(id)?.values).toEqual({ a: 2 })
  })

  it('are nobody else’s in the same browser', async () => {
    centre.up = false
    type({ a: 1 })
    setOwner('p2')
    centre.up = true
    await refresh(contact)
    expect(draftsOf(contact.id).size).toBe(0)
  })
})

describe('what drafts are made of', () => {
  it('ids sort by time, and one of its kind is the same on every seat', () => {
    const ids = Array.from({ length: 50 }, () => newId(1_000))
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(50)
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(fixedId('i', 'note')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(fixedId('i', 'note')).toBe(fixedId('i', 'note'))
    expect(fixedId('i', 'note')).not.toBe(fixedId('i', 'wrapup'))
  })

  it('merging keeps both sides, and what was emptied here stays empty', () => {
    expect(merge({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 3, c: 4 })).toEqual({ a: 2, b: 3, c: 4 })
    expect(merge({ a: 1 }, {}, { a: 1, b: 2 })).toEqual({ b: 2 })
    expect(merge({ a: 1 }, { a: 1 }, {})).toEqual({})
  })
})
