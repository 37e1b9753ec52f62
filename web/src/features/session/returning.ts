/** Away to a directory's sign-in page and back: where one was, and what came back in the address. */

const key = 'yuelai.place'

export function rememberPlace(): void {
  sessionStorage.setItem(key, location.pathname + location.search)
}

export interface Returned {
  ticket?: string
  /** A refusal's code. */
  error?: string
}

/** Read and remove what the directory's answer left in the fragment; the address becomes the place remembered. */
export function takeReturned(): Returned | null {
  const values = new URLSearchParams(location.hash.slice(1))
  const ticket = values.get('ticket') ?? undefined
  const error = values.get('error') ?? undefined
  if (!ticket && !error) return null
  const place = sessionStorage.getItem(key)
  sessionStorage.removeItem(key)
  // Only a path of our own: the storage is this page's, yet a `//host` would lead away.
  history.replaceState(history.state, '', place && /^\/(?!\/)/.test(place) ? place : location.pathname)
  return { ticket, error }
}
