/** One tab owns the phone of a person: Web Locks. Without them (plain HTTP) every tab believes it is alone. */

export interface TabLock {
  /** Take the phone from whichever tab has it. */
  takeOver: () => void
  release: () => void
}

export function holdTabLock(personId: string, onOwner: (owner: 'mine' | 'other') => void): TabLock {
  const name = `yuelai.phone.${personId}`
  if (!('locks' in navigator)) {
    onOwner('mine')
    return { takeOver: () => undefined, release: () => undefined }
  }
  let released = false
  let letGo: () => void = () => undefined
  let queue: AbortController | null = null

  const held = () =>
    new Promise<void>((resolve) => {
      letGo = resolve
      onOwner('mine')
    })

  /** Another tab stole it: say so and stand in the queue again, for when that tab closes. */
  const lost = (error: unknown) => {
    if (released || !(error instanceof DOMException) || error.name !== 'AbortError') return
    onOwner('other')
    wait()
  }

  const wait = () => {
    const controller = new AbortController()
    queue = controller
    navigator.locks
      .request(name, { signal: controller.signal }, () => {
        queue = null
        return released ? undefined : held()
      })
      .catch((error: unknown) => {
        if (!controller.signal.aborted) lost(error)
      })
  }

  navigator.locks
    .request(name, { ifAvailable: true }, (lock) => {
      if (released) return undefined
      if (lock) return held()
      onOwner('other')
      wait()
      return undefined
    })
    .catch(lost)

  return {
    takeOver: () => {
      queue?.abort()
      queue = null
      navigator.locks.request(name, { steal: true }, () => (released ? undefined : held())).catch(lost)
    },
    release: () => {
      released = true
      queue?.abort()
      letGo()
    },
  }
}
