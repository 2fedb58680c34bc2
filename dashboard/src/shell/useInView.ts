/** Keeps the link of what is shown in view, where the links are wider than the window. */

import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

export function useInView() {
  const nav = useRef<HTMLElement>(null)
  const { href } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address, another place.
  useEffect(() => {
    nav.current?.querySelector('[aria-current="page"]')?.scrollIntoView?.({ block: 'nearest', inline: 'center' })
  }, [href])
  return nav
}
