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

/** Asking again for a password or a code is no verdict on the token. */
const aboutTheAnswer = new Set(['wrong_credentials', 'wrong_password', 'otp_required', 'otp_wrong'])
const endsSession = (problem: Problem): boolean => problem.status === 401 && !aboutTheAnswer.has(problem.code)

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
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

async function send(method: Method, url: string, body: unknown, signal?: AbortSignal, tenant?: string | null): Promise<Response> {
  const used = token
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (used) headers.Authorization = `Bearer ${used}`
  if (tenant) headers['Yuelai-Tenant'] = tenant
  const form = body instanceof FormData
  // The boundary of a form is the browser's to say.
  if (body !== undefined && !form) headers['Content-Type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
      signal,
      cache: 'no-store',
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, { code: 'network' })
  }
  if (!response.ok) {
    const problem = await problemOf(response)
    if (endsSession(problem) && used) onUnauthorised(used)
    throw problem
  }
  return response
}

async function json<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text ? JSON.parse(text) : undefined) as T
}

function upload<T>(url: string, file: File, onProgress: (part: number) => void, signal?: AbortSignal): Promise<T> {
  const used = token
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.setRequestHeader('Accept', 'application/json')
    if (used) request.setRequestHeader('Authorization', `Bearer ${used}`)
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0))
    request.addEventListener('error', () => reject(new Problem(0, { code: 'network' })))
    request.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
    request.addEventListener('load', () => {
      let document: unknown
      try {
        document = JSON.parse(request.responseText)
      } catch {
        document = {}
      }
      if (request.status >= 200 && request.status < 300) resolve(document as T)
      else {
        const problem = new Problem(request.status, document as ProblemDocument)
        if (endsSession(problem) && used) onUnauthorised(used)
        reject(problem)
      }
    })
    signal?.addEventListener('abort', () => request.abort())
    const form = new FormData()
    form.append('file', file)
    request.send(form)
  })
}

export type Api = ReturnType<typeof apiFor>

/**
 * The centre's API. With a tenant's id each request acts there, whatever tenant the session is at: a contact is served
 * in the name of its own tenant.
 */
export const apiFor = (tenant: string | null | undefined) => ({
  get: async <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
    json<T>(await send('GET', address(path, query), undefined, signal, tenant)),
  post: async <T = void>(path: string, body?: unknown): Promise<T> => json<T>(await send('POST', address(path), body, undefined, tenant)),
  put: async <T = void>(path: string, body: unknown): Promise<T> => json<T>(await send('PUT', address(path), body, undefined, tenant)),
  patch: async <T = void>(path: string, body: unknown): Promise<T> => json<T>(await send('PATCH', address(path), body, undefined, tenant)),
  delete: async <T = void>(path: string, body?: unknown): Promise<T> => json<T>(await send('DELETE', address(path), body, undefined, tenant)),
  /** The whole body as a blob: audio needs the bearer, which an <audio src> cannot send. */
  blob: async (path: string, signal?: AbortSignal): Promise<Blob> =>
    (await send('GET', address(path), undefined, signal, tenant)).blob(),
  /** Send a file as `multipart/form-data`; only XMLHttpRequest tells how far a body has got (0–1). */
  upload: async <T>(path: string, file: File, onProgress: (part: number) => void, signal?: AbortSignal): Promise<T> =>
    upload<T>(address(path), file, onProgress, signal),
})

/** At the tenant of a contact. */
export const apiOf = (contact: { tenant: { id: string } }): Api => apiFor(contact.tenant.id)

/** At the session's tenant. */
export const api = apiFor(null)
