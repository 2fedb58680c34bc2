/**
 * A report as a picture: what is on the screen, drawn as SVG and from it as PNG, in the theme that is on. Fonts are the
 * system's, so none is put in; nothing leaves the browser.
 */

/** Twice the screen's pixels, so that text is sharp on a slide. */
const SCALE = 2

export async function downloadPicture(element: HTMLElement, name: string): Promise<void> {
  // Seldom wanted: it comes when it is.
  const { toPng } = await import('html-to-image')
  const background = getComputedStyle(document.body).backgroundColor
  const url = await toPng(element, {
    pixelRatio: SCALE,
    backgroundColor: background,
    skipFonts: true,
    filter: (node) => !(node instanceof HTMLElement && node.dataset.notInPicture !== undefined),
    style: { margin: '0', padding: '16px' },
    width: element.scrollWidth + 32,
    height: element.scrollHeight + 32,
  })
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}.png`
  link.click()
}
