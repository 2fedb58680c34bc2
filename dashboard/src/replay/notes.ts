/** What a viewer must know of what is on the stage, in words. Nothing that is missing is passed over in silence. */

import { duration } from '../format/durations'
import { counted } from '../format/numbers'
import type { PlayerState } from './player'

export interface StageNote {
  key: string
  text: string
  tone: 'quiet' | 'warn'
}

export function stageNotes({ lack, shown, tab, clock, waiting, frameReady }: PlayerState): StageNote[] {
  const notes: StageNote[] = []
  const say = (key: string, text: string, tone: StageNote['tone'] = 'warn') => notes.push({ key, text, tone })
  if (!frameReady || waiting) say('waiting', 'Reading the replay …', 'quiet')
  if (lack) say('lack', lackText(lack))
  else if (shown && !shown.page && !waiting) say('lack', 'What the page looked like here was not recorded.')
  if (shown?.nDegraded) {
    say('degraded', `${counted(shown.nDegraded, 'part')} of the page changed too much to be followed: structure only.`)
  }
  if (shown?.nMissingStyles) {
    say('styles', `${counted(shown.nMissingStyles, 'style sheet')} of the page were lost: it looked different.`)
  }
  if (shown?.nFailures) say('failures', `${counted(shown.nFailures, 'change')} of the page could not be read.`)
  const chunk = tab?.chunks.findLast(({ start }) => start <= clock.at)
  if (chunk?.flags.includes('truncated') && clock.at > chunk.end - 500) {
    say('truncated', 'The page was closed here before all of its end was sent.')
  }
  return notes
}

function lackText(lack: NonNullable<PlayerState['lack']>): string {
  switch (lack.what) {
    case 'gap':
      return lack.until === null
        ? 'The rest of this tab is missing: the page is shown as it was before.'
        : `${duration(lack.until - lack.since)} are missing here: the page is shown as it was before.`
    case 'before':
      return 'Not recorded yet: recording begins later.'
    case 'after':
      return 'Not recorded any more: the page is shown as it was last.'
  }
}
