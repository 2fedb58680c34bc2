/**
 * Fetches the chunks around the playhead, and keeps what it has fetched under a ceiling. Chunks come as text, compressed
 * on their way by HTTP, so the browser has inflated them already.
 */

/** Text that is kept for going back a little. A chunk is some hundred kilobytes, at most 8 MiB. */
const CEILING_BYTES = 48 * 2 ** 20

export interface Cache {
  get(key: string): string | undefined
  set(key: string, text: string): void
  bytes(): number
}

/** Texts by key, the least recently used go first. A text alone may be over the ceiling. */
export function createCache(ceiling = CEILING_BYTES): Cache {
  const texts = new Map<string, string>()
  let bytes = 0
  const drop = (key: string) => {
    bytes -= texts.get(key)?.length ?? 0
    texts.delete(key)
  }
  return {
    bytes: () => bytes,
    get(key) {
      const text = texts.get(key)
      if (text === undefined) return undefined
      texts.delete(key)
      texts.set(key, text)
      return text
    },
    set(key, text) {
      drop(key)
      texts.set(key, text)
      bytes += text.length
      for (const oldest of texts.keys()) {
        if (bytes <= ceiling || oldest === key) break
        drop(oldest)
      }
    },
  }
}

export interface Loader {
  chunk(tab: string, index: number): Promise<string>
  style(hash: string): Promise<unknown>
  /** Whether a chunk is here already. */
  has(tab: string, index: number): boolean
}

export interface LoaderOptions {
  fetchChunk: (tab: string, index: number) => Promise<string>
  fetchStyle: (hash: string) => Promise<unknown>
  cache?: Cache
}

/** One request for what is asked for twice; what failed may be asked for again. */
export function createLoader({ fetchChunk, fetchStyle, cache = createCache() }: LoaderOptions): Loader {
  const coming = new Map<string, Promise<string>>()
  const keyOf = (tab: string, index: number) => `${tab}.${index}`
  const load = (key: string, fetch: () => Promise<string>): Promise<string> => {
    const kept = cache.get(key)
    if (kept !== undefined) return Promise.resolve(kept)
    const already = coming.get(key)
    if (already) return already
    const loading = fetch()
      .then((text) => {
        cache.set(key, text)
        return text
      })
      .finally(() => coming.delete(key))
    coming.set(key, loading)
    return loading
  }
  return {
    chunk: (tab, index) => load(keyOf(tab, index), () => fetchChunk(tab, index)),
    style: async (hash) =>
      JSON.parse(await load(`style.${hash}`, async () => JSON.stringify((await fetchStyle(hash)) ?? null))),
    has: (tab, index) => cache.get(keyOf(tab, index)) !== undefined,
  }
}

/** Hashes of the style sheets that a chunk's text speaks of. */
export function stylesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/"fp-style:([\w-]{1,64})"/g)].map(([, hash]) => hash as string))]
}
