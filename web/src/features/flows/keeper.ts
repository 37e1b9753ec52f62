import { Problem } from '@/shared/api/client'
import { createStore } from '@/shared/store'
import type { FlowDocument, FlowProblem, FlowWhole } from './types'

export type Saving = { state: 'saved' | 'waiting' | 'saving' } | { state: 'failed'; problem: unknown } | { state: 'conflict'; by: string | null; at: string | null }

export interface Keeping {
  saving: Saving
  /** When it was last saved. */
  at: string | null
  /** As the centre found them then; null before. */
  problems: FlowProblem[] | null
}

export interface Saved {
  rev: number
  saved_at: string
  problems: FlowProblem[]
}

/** The centre, as far as keeping a draft needs it. */
export interface Centre {
  save: (document: FlowDocument, rev: number) => Promise<Saved>
  read: () => Promise<FlowWhole>
}

const pause = 500
const retry = 3_000

/**
 * Keeps a document on the centre: half a second after its last change, one request at a time. What somebody else has
 * saved meanwhile is never written over unless `mine` says so.
 */
export class Keeper {
  private readonly store
  private kept: FlowDocument
  private wanted: FlowDocument
  private timer: ReturnType<typeof setTimeout> | undefined
  private running: Promise<number | null> | null = null
  private readonly centre: Centre
  private rev: number

  constructor(centre: Centre, document: FlowDocument, rev: number, at: string | null) {
    this.centre = centre
    this.rev = rev
    this.kept = document
    this.wanted = document
    this.store = createStore<Keeping>({ saving: { state: 'saved' }, at, problems: null })
  }

  get = (): Keeping => this.store.get()
  subscribe = (listener: () => void): (() => void) => this.store.subscribe(listener)

  /** This is how it is to be. */
  want(document: FlowDocument): void {
    if (document === this.wanted) return
    this.wanted = document
    const { state } = this.get().saving
    if (state === 'conflict') return
    clearTimeout(this.timer)
    if (document === this.kept && state === 'waiting') {
      this.put({ saving: { state: 'saved' } })
      return
    }
    if (state !== 'saving') this.put({ saving: { state: 'waiting' } })
    this.timer = setTimeout(() => void this.flush(), pause)
  }

  /** Save at once what is not saved yet. Returns the revision it has then; null if it could not be saved. */
  async flush(): Promise<number | null> {
    clearTimeout(this.timer)
    if (this.running) await this.running
    if (this.get().saving.state === 'conflict') return null
    if (this.wanted === this.kept) return this.rev
    this.running = this.send()
    const rev = await this.running
    return rev !== null && this.wanted !== this.kept ? this.flush() : rev
  }

  private async send(): Promise<number | null> {
    const sent = this.wanted
    this.put({ saving: { state: 'saving' } })
    try {
      const { rev, saved_at, problems } = await this.centre.save(sent, this.rev)
      this.rev = rev
      this.kept = sent
      this.put({ saving: { state: this.wanted === sent ? 'saved' : 'waiting' }, at: saved_at, problems })
      return rev
    } catch (problem) {
      if (problem instanceof Problem && problem.code === 'draft_changed') {
        this.put({ saving: { state: 'conflict', by: null, at: null } })
        const now = await this.centre.read().catch(() => null)
        this.put({ saving: { state: 'conflict', by: now?.draft?.by ?? null, at: now?.draft?.saved_at ?? null } })
      } else {
        this.put({ saving: { state: 'failed', problem } })
        // Asking again helps when the centre was away, not when it refuses.
        if (!(problem instanceof Problem) || problem.status === 0 || problem.status >= 500) this.timer = setTimeout(() => void this.flush(), retry)
      }
      return null
    } finally {
      this.running = null
    }
  }

  /** Take what the centre has as the state of things: nothing is to be saved. */
  adopt(document: FlowDocument, rev: number, at: string | null, problems: FlowProblem[] | null): void {
    clearTimeout(this.timer)
    this.rev = rev
    this.kept = document
    this.wanted = document
    this.put({ saving: { state: 'saved' }, at, problems })
  }

  /** Write over what somebody else has saved. */
  async mine(): Promise<void> {
    try {
      this.rev = (await this.centre.read()).rev
    } catch {
      return
    }
    this.put({ saving: { state: 'waiting' } })
    await this.flush()
  }

  private put(change: Partial<Keeping>): void {
    this.store.set({ ...this.get(), ...change })
  }
}
