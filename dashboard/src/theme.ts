/**
 * Mantine's theme: one accent, a deep green. The variables themselves are in theme.css, static, so that no style is
 * made at run time and a strict `style-src` holds; this names them.
 */

import { createTheme, type MantineColorsTuple } from '@mantine/core'

const path: MantineColorsTuple = [
  '#eef6f1',
  '#dcebe2',
  '#b7d6c4',
  '#8fbfa4',
  '#67a785',
  '#458f69',
  '#2b7a52',
  '#175c3b',
  '#124b30',
  '#0c3622',
]

export const theme = createTheme({
  primaryColor: 'path',
  primaryShade: 7,
  colors: { path },
  cursorType: 'pointer',
  defaultRadius: 'sm',
  respectReducedMotion: true,
})
