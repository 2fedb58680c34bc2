/** Where an element starts in the page, for rows that are placed by hand below it. */

import { type RefObject, useLayoutEffect, useState } from 'react'

/** Px from the top of the document; measured again whenever the page changes its size, and not while it scrolls. */
export function useTopOf(ref: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = () => {
      if (ref.current) setTop(Math.round(ref.current.getBoundingClientRect().top + window.scrollY))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [ref])
  return top
}
