/**
 * Positions in text. The API counts Unicode characters, as people do; the browser counts UTF-16 units, of which an
 * emoji has two.
 */

/** Units before the character at `at`. */
export function unitsAt(text: string, at: number): number {
  let units = 0
  let left = at
  for (const character of text) {
    if (left <= 0) break
    units += character.length
    left -= 1
  }
  return units
}

/** Characters before the unit at `at`. */
export function charactersAt(text: string, at: number): number {
  return Array.from(text.slice(0, at)).length
}

/** `text` with what is between two characters replaced, and where the replacement ends, in units. */
export function replaceCharacters(
  text: string,
  { start, end, text: replacement }: { start: number; end: number; text: string },
): { text: string; caret: number } {
  const from = unitsAt(text, start)
  const to = unitsAt(text, end)
  return { text: text.slice(0, from) + replacement + text.slice(to), caret: from + replacement.length }
}
