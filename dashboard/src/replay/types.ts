export type ChunkFlag = 'degraded' | 'gap' | 'truncated' | 'scrubbed'
export interface ReplayChunk {
  index: number
  page_id: string
  start: number
  end: number
  clock_skew_ms: number
  keyframe: boolean
  n_records: number
  bytes: number
  flags: ChunkFlag[]
  styles: string[]
  masks: { inputs: boolean; text: boolean }
  trigger: 'sampled' | 'error' | 'manual'
  cost: { main_ms: number; longest_ms: number; failures: number }
}
export interface ReplayPage {
  page_id: string
  start: number
  end: number
  first_index: number
  last_index: number
}
export interface ReplayGap {
  after_index?: number | null
  before_index: number
  start: number
  end: number
}
export interface ReplayTab {
  tab_id: string
  pages: ReplayPage[]
  chunks: ReplayChunk[]
  gaps: ReplayGap[]
}
export interface ReplayManifest {
  session_id: string
  start?: number | null
  end?: number | null
  complete: boolean
  n_chunks: number
  bytes: number
  tabs: ReplayTab[]
  styles: string[]
}
export interface ReplayStyle {
  hash: string
  css: unknown
}
