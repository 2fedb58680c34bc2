/**
 * What the dashboard and the player's frame say to each other. The frame is of an opaque origin and holds a hostile
 * page, so the dashboard takes messages only from the frame's own window, checks their shape, and shows what is in
 * them as text and never as markup.
 */

/** To the frame. */
export type ToFrame =
  | { kind: 'style'; hash: string; css: unknown }
  | { kind: 'chunk'; tab: string; index: number; skewMs: number; text: string }
  /** Of this tab only chunks from `first` on are needed any more, and of other tabs none. */
  | { kind: 'keep'; tab: string; first: number }
  | { kind: 'show'; turn: number; tab: string; at: number }
  | { kind: 'ask'; id: number; question: Question }
  /** Whether what is clicked in the page is chosen for the inspector. */
  | { kind: 'pick'; on: boolean }
  /** The node that is pointed out in the page. */
  | { kind: 'point'; node: number | null }

/** What the inspector asks of the rebuilt page. */
export type Question =
  | { of: 'node'; node: number | null }
  | { of: 'children'; node: number }
  | { of: 'details'; node: number }
  | { of: 'search'; text: string }
  | { of: 'path'; node: number }
  | { of: 'changes'; from: number; to: number }
  | { of: 'picture' }

export interface TreeNode {
  id: number
  type: 'document' | 'doctype' | 'element' | 'text' | 'comment' | 'shadow'
  /** Tag of an element, text of the others; cut where it is long. */
  name: string
  attributes: [name: string, value: string][]
  nChildren: number
  /** The only child's text, where it is short: shown on the element's own line. */
  text: string | null
  masked: boolean
  blocked: boolean
}

export interface Box {
  x: number
  y: number
  width: number
  height: number
  margin: Sides
  border: Sides
  padding: Sides
}
export type Sides = [top: number, right: number, bottom: number, left: number]

export interface NodeDetails {
  node: TreeNode
  selector: string
  box: Box | null
  /** Computed styles that are not those of an element without any. */
  styles: [name: string, value: string][]
  /** Ids from the document to the node. */
  path: number[]
}

export interface Change {
  at: number
  kind: 'added' | 'removed' | 'attribute' | 'text' | 'value' | 'page'
  node: number | null
  what: string
}

export interface Answers {
  node: TreeNode | null
  children: TreeNode[]
  details: NodeDetails | null
  search: { nodes: number[]; more: boolean }
  path: number[]
  changes: { changes: Change[]; more: boolean }
  picture: { type: string; bytes: ArrayBuffer } | null
}

export type AnswerTo<Q extends Question> = Answers[Q['of']]

/** What is on the stage. */
export interface Shown {
  tab: string
  at: number
  /** Address and size of the page; nothing where no page is known at this moment. */
  page: { href: string; width: number; height: number } | null
  /** Parts that are told by their structure only. */
  nDegraded: number
  /** Style sheets that are spoken of and were lost. */
  nMissingStyles: number
  /** Records that could not be read or shown. */
  nFailures: number
}

/** From the frame. */
export type FromFrame =
  | { kind: 'ready' }
  | { kind: 'shown'; turn: number; shown: Shown }
  /** Moments at which somebody did something, in a chunk, Unix ms. */
  | { kind: 'activity'; tab: string; index: number; times: number[] }
  | { kind: 'answer'; id: number; answer: unknown }
  | { kind: 'picked'; node: number }
  | { kind: 'pointed'; node: number | null }
  /** A key pressed while the focus was in the frame. */
  | { kind: 'key'; key: string; shift: boolean }

const KINDS: readonly FromFrame['kind'][] = ['ready', 'shown', 'activity', 'answer', 'picked', 'pointed', 'key']

/** A message of the frame's, if it is one. What it carries is made by a frame that runs only our script. */
export function readFromFrame(data: unknown): FromFrame | null {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return null
  return KINDS.includes(data.kind as FromFrame['kind']) ? (data as FromFrame) : null
}
