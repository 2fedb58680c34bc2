/**
 * The one door to the server: JSON in and out, typed failures. It retries nothing; the query layer decides that.
 */

/** What the server, or the lack of one, answered. */
export interface FailureDetail {
  code: string
  message: string
  /** What to do about it. */
  hint?: string | undefined
  /** Names the request in the server's log. */
  requestId?: string | undefined
  /** HTTP status; 0 where there was no answer. */
  status: number
  /** The body as it came, for failures that tell more. */
  body?: unknown
}

/** A failed request. A class because what is thrown should be an `Error` with a stack. */
export class ApiError extends Error {
  readonly detail: FailureDetail

  constructor(detail: FailureDetail) {
    super(detail.message)
    this.name = 'ApiError'
    this.detail = detail
  }
}

/** What can be shown about anything that was thrown. */
export function failureDetail(error: unknown): FailureDetail {
  if (error instanceof ApiError) return error.detail
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'dashboard',
    message,
    hint: 'reload the page; if it stays, report it',
    status: 0,
  }
}

export type QueryParams = Record<string, string | number | null | undefined>

export interface GetOptions {
  params?: QueryParams
  signal?: AbortSignal | undefined
}

/** Address of `path` below `/api/v1`, for links to files too. Parameters without a value are left out. */
export function apiUrl(path: string, params: QueryParams = {}): string {
  return `/api/v1${path}${queryString(params)}`
}

/** `GET path` below `/api/v1`. */
export async function getJson<T>(path: string, { params = {}, signal }: GetOptions = {}): Promise<T> {
  const response = await request(apiUrl(path, params), { ...(signal && { signal }) })
  return readJson<T>(response, signal)
}

/** The same of text that is no JSON as a whole, such as records a line each. */
export async function getText(path: string, { params = {}, signal }: GetOptions = {}): Promise<string> {
  const response = await request(apiUrl(path, params), { ...(signal && { signal }) })
  if (!response.ok) throw await failure(response)
  return response.text()
}

export type WriteMethod = 'POST' | 'PUT' | 'DELETE'

/** Writes, and answers what the server does; nothing where it answers nothing. */
export async function sendJson<T>(method: WriteMethod, path: string, body?: unknown): Promise<T> {
  const response = await request(apiUrl(path), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  if (response.ok && response.status === 204) return undefined as T
  return readJson<T>(response, undefined)
}

async function readJson<T>(response: Response, signal: AbortSignal | undefined): Promise<T> {
  if (!response.ok) throw await failure(response)
  try {
    return (await response.json()) as T
  } catch (error) {
    // An aborted read is no failure of the server's: the query layer knows what to do with it.
    if (signal?.aborted) throw error
    throw new ApiError({
      code: 'not_json',
      message: 'the answer could not be read',
      hint: 'something between the browser and Footpath answered in its place: check the proxy',
      status: response.status,
    })
  }
}

async function request(url: string, { headers, ...options }: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, headers: { accept: 'application/json', ...headers } })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new ApiError({
      code: 'no_answer',
      message: 'Footpath does not answer',
      hint: 'check that the server is running and that this machine can reach it',
      status: 0,
    })
  }
}

async function failure(response: Response): Promise<ApiError> {
  const status = response.status
  // A body that is no error of ours comes from something in between; its status is what is left to tell.
  const body: unknown = await response.json().catch(() => null)
  const text = (name: string): string | undefined => {
    const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : null
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return new ApiError({
    code: text('code') ?? `http_${status}`,
    message: text('message') ?? `the server answered ${status} ${response.statusText}`.trim(),
    hint: text('hint') ?? (status >= 500 ? 'try again; if it stays, look at the server’s log' : undefined),
    requestId: text('request_id') ?? response.headers.get('x-request-id') ?? undefined,
    status,
    body,
  })
}

function queryString(params: QueryParams): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

/** A path segment. */
export const segment = encodeURIComponent
