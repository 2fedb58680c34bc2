/** Something that is edited on the screen and saved as a whole. */

import { useState } from 'react'

export interface Edited<Value> {
  /** As it was edited; as it is saved where it was not, so that what is saved meanwhile is shown. */
  value: Value
  edit: (next: Value) => void
  discard: () => void
  save: () => Promise<void>
  state: 'rests' | 'saves' | 'saved'
  /** Why it could not be saved as it is; nothing once it is edited again. */
  failure: unknown
}

/** `keep` saves what it is given, and has it read as saved from then on. */
export function useEdited<Value>(saved: Value, keep: (value: Value) => Promise<void>): Edited<Value> {
  const [edited, setEdited] = useState<{ value: Value } | null>(null)
  const [state, setState] = useState<Edited<Value>['state']>('rests')
  const [failure, setFailure] = useState<unknown>(null)
  const change = (next: { value: Value } | null) => {
    setFailure(null)
    setEdited(next)
  }
  return {
    value: edited ? edited.value : saved,
    edit: (value) => change({ value }),
    discard: () => change(null),
    save: async () => {
      setState('saves')
      setFailure(null)
      try {
        await keep(edited ? edited.value : saved)
        // What was edited while it was being saved stays.
        setEdited((now) => (now === edited ? null : now))
        setState('saved')
      } catch (error) {
        setFailure(error)
        setState('rests')
      }
    },
    state,
    failure,
  }
}
