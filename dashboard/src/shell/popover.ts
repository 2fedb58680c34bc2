/** How everything that opens below what was pressed behaves: the keyboard stays inside, and comes back when it closes. */
export const POPOVER = { offset: 6, trapFocus: true, returnFocus: true, transitionProps: { duration: 80 } } as const
