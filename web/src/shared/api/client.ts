import type { ProblemDocument } from './types'

/** A request the centre refused, or one that never reached it (`code` network). */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly document: ProblemDocument

  constructor(status: number, document: ProblemDocument) {
    super(document.detail ?? document.title ?? document.code ?? String(status))
    this.name = 'Problem'
    this.status = status
    this.code = document.code ?? (status === 0 ? 'network' : `http_${status}`)
    this.document = document
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
type Query = Record<string, string | number | undefined | null>

let token: string | null = null
let onUnauthorised: (usedToken: string) => void = () => undefined

export function setToken(value: string | null): void {
  token = value
}

/** Called with the token that was refused, once per refused request. */
export function setUnauthorisedHandler(handler: (usedToken: string) => void): void {
  onUnauthorised = handler
}

function address(path: string, query?: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return `/api/v1${path}${text ? `?${text}` : ''}`
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const document = (await response.json()) as ProblemDocument
    return new Problem(response.status, document)
  } catch {
    return new Problem(response.status, {})
  }
}

async function send(method: Method, url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const used = token
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (used) headers.Authorization = `Bearer ${used}`
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      cache: 'no-store',
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, { code: 'network' })
  }
  if (!response.ok) {
    if (response.status === 401 && used) onUnauthorised(used)
    throw await problemOf(response)
  }
  return response
}

async function json<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const api = {
  get: async <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
    json<T>(await send('GET', address(path, query), undefined, signal)),
  post: async <T = void>(path: string, body?: unknown): Promise<T> => json<T>(await send('POST', address(path), body)),
  put: async <T = void>(path: string, body: unknown): Promise<T> => json<T>(await send('PUT', address(path), body)),
  delete: async (path: string): Promise<void> => {
    await send('DELETE', address(path), undefined)
  },
  /** The whole body as a blob: audio needs the bearer, which an <audio src> cannot send. */
  blob: async (path: string, signal?: AbortSignal): Promise<Blob> =>
    (await send('GET', address(path), undefined, signal)).blob(),
}
