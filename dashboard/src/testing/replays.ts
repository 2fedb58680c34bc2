/** Replays for tests: manifests with as much as a test speaks of, and records as a browser sends them. */

import type { ReplayChunk, ReplayManifest, ReplayTab } from '../api/types'
import { TAB, TEN_O_CLOCK } from './rows'

/** A chunk of some seconds after ten; `keyframe` unless it is said otherwise. */
export function aChunk(
  index: number,
  fromSeconds: number,
  toSeconds: number,
  given: Partial<ReplayChunk> = {},
): ReplayChunk {
  return {
    index,
    page_id: 'page-1',
    start: TEN_O_CLOCK + fromSeconds * 1000,
    end: TEN_O_CLOCK + toSeconds * 1000,
    clock_skew_ms: 0,
    keyframe: true,
    n_records: 2,
    bytes: 1000,
    flags: [],
    styles: [],
    masks: { inputs: true, text: true },
    trigger: 'sampled',
    cost: { main_ms: 1, longest_ms: 1 },
    ...given,
  }
}

/** A tab with the gaps that its chunks leave. */
export function aTab(chunks: ReplayChunk[], given: Partial<ReplayTab> = {}): ReplayTab {
  const gaps = chunks.flatMap((chunk, n) => {
    const before = chunks[n - 1]
    if (!before || chunk.index === before.index + 1) return []
    return [{ after_index: before.index, before_index: chunk.index, start: before.end, end: chunk.start }]
  })
  const pages = [...new Set(chunks.map((chunk) => chunk.page_id))].map((page_id) => {
    const own = chunks.filter((chunk) => chunk.page_id === page_id)
    return {
      page_id,
      start: own[0]?.start ?? 0,
      end: own.at(-1)?.end ?? 0,
      first_index: own[0]?.index ?? 0,
      last_index: own.at(-1)?.index ?? 0,
    }
  })
  return { tab_id: TAB, chunks, gaps, pages, ...given }
}

export function aManifest(tabs: ReplayTab[], given: Partial<ReplayManifest> = {}): ReplayManifest {
  const chunks = tabs.flatMap((tab) => tab.chunks)
  return {
    session_id: '019a0f5e-7c00-7000-8000-000000000001',
    start: chunks.length > 0 ? Math.min(...chunks.map(({ start }) => start)) : null,
    end: chunks.length > 0 ? Math.max(...chunks.map(({ end }) => end)) : null,
    complete: tabs.every((tab) => tab.gaps.length === 0),
    n_chunks: chunks.length,
    bytes: chunks.reduce((sum, chunk) => sum + chunk.bytes, 0),
    tabs,
    styles: [],
    ...given,
  }
}

type Fields = Record<string, unknown>

/** Records as text, a line each, with their seconds after ten. */
export const linesOf = (...records: [seconds: number, type: number, data: Fields][]): string =>
  records
    .map(([seconds, type, data]) => `${JSON.stringify({ type, timestamp: TEN_O_CLOCK + seconds * 1000, data })}\n`)
    .join('')

/** A page of one paragraph, as two records. */
export const aPage = (seconds: number, text: string): [number, number, Fields][] => [
  [seconds, 4, { href: 'https://shop.example/', width: 800, height: 600 }],
  [
    seconds,
    2,
    {
      node: {
        type: 0,
        id: 1,
        childNodes: [
          {
            type: 2,
            id: 2,
            tagName: 'html',
            attributes: {},
            childNodes: [
              { type: 2, id: 3, tagName: 'head', attributes: {}, childNodes: [] },
              {
                type: 2,
                id: 4,
                tagName: 'body',
                attributes: {},
                childNodes: [
                  {
                    type: 2,
                    id: 5,
                    tagName: 'p',
                    attributes: {},
                    childNodes: [{ type: 3, id: 6, textContent: text }],
                  },
                ],
              },
            ],
          },
        ],
      },
      initialOffset: { left: 0, top: 0 },
    },
  ],
]
