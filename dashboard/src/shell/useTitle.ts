/** The document's title: the screen first, the product last. */

import { useEffect } from 'react'

export function useTitle(...parts: (string | null | undefined | false)[]): void {
  const title = [...parts, 'Footpath'].filter(Boolean).join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
}
