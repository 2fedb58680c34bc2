/** The dashboard's end of the line to the player's frame. */

import type { Answers, FromFrame, Question, ToFrame } from './messages'
import { readFromFrame } from './messages'

/** An answer that does not come by then will not: the frame was loaded anew. */
const ANSWER_MS = 10_000

export interface FrameLink {
  post(message: ToFrame): void
  ask<Of extends Question['of']>(question: Extract<Question, { of: Of }>): Promise<Answers[Of]>
  stop(): void
}

export interface FrameLinkOptions {
  frame: HTMLIFrameElement
  onMessage: (message: FromFrame) => void
}

export function connectFrame({ frame, onMessage }: FrameLinkOptions): FrameLink {
  const waiting = new Map<number, (answer: unknown) => void>()
  let lastId = 0

  const listen = (event: MessageEvent<unknown>) => {
    // By its window, and by its origin being opaque: a frame that has not gone on to it yet is not listened to.
    if (event.source !== frame.contentWindow || event.origin !== 'null') return
    const message = readFromFrame(event.data)
    if (!message) return
    if (message.kind === 'answer') {
      waiting.get(message.id)?.(message.answer)
      waiting.delete(message.id)
    } else {
      onMessage(message)
    }
  }
  window.addEventListener('message', listen)

  // An opaque origin has no name to address it by; what is said holds nothing but the replay itself.
  const post = (message: ToFrame) => frame.contentWindow?.postMessage(message, '*')

  return {
    post,
    ask(question) {
      lastId += 1
      const id = lastId
      return new Promise((done, failed) => {
        const late = window.setTimeout(() => {
          waiting.delete(id)
          failed(new Error('the player’s frame does not answer'))
        }, ANSWER_MS)
        waiting.set(id, (answer) => {
          window.clearTimeout(late)
          // The frame runs our own script alone, and answers each question with its kind of answer.
          done(answer as never)
        })
        post({ kind: 'ask', id, question })
      })
    },
    stop() {
      window.removeEventListener('message', listen)
      waiting.clear()
    },
  }
}
