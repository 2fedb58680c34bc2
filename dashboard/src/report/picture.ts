/**
 * A report as a picture: what is on the screen, drawn as SVG and from it as PNG, in the theme that is on. Fonts are the
 * system's, so none is put in; nothing leaves the browser.
 */

/** Twice the screen's pixels, so that text is sharp on a slide. */
const SCALE = 2
const MARGIN_PX = 16

/** Of an SVG's parts: the library copies styles of HTML alone. */
const SVG_STYLES = [
  'fill',
  'fill-opacity',
  'opacity',
  'stroke',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-width',
  'vector-effect',
] as const

/** Of HTML: what our styles use. All four hundred properties of a thousand table cells would take half a minute. */
const HTML_STYLES = [
  ...['align-content', 'align-items', 'align-self', 'display', 'flex-basis', 'flex-direction', 'flex-grow'],
  ...['flex-shrink', 'flex-wrap', 'gap', 'column-gap', 'row-gap', 'grid-template-columns', 'grid-template-rows'],
  ...['grid-auto-flow', 'grid-column-start', 'grid-column-end', 'grid-row-start', 'grid-row-end', 'justify-content'],
  ...['justify-items', 'justify-self', 'order', 'table-layout', 'border-collapse', 'border-spacing', 'vertical-align'],
  ...['box-sizing', 'width', 'height', 'min-width', 'min-height', 'max-width', 'max-height'],
  ...['margin-top', 'margin-right', 'margin-bottom', 'margin-left'],
  ...['padding-top', 'padding-right', 'padding-bottom', 'padding-left'],
  ...['position', 'top', 'right', 'bottom', 'left', 'z-index', 'transform', 'overflow-x', 'overflow-y', 'clip-path'],
  ...['border-top-width', 'border-right-width', 'border-bottom-width', 'border-left-width'],
  ...['border-top-style', 'border-right-style', 'border-bottom-style', 'border-left-style'],
  ...['border-top-color', 'border-right-color', 'border-bottom-color', 'border-left-color'],
  ...['border-top-left-radius', 'border-top-right-radius', 'border-bottom-left-radius', 'border-bottom-right-radius'],
  ...['background-color', 'box-shadow', 'opacity', 'color', 'fill', 'stroke', 'visibility', 'content'],
  ...['font-family', 'font-size', 'font-weight', 'font-style', 'font-variant-numeric', 'line-height', 'letter-spacing'],
  ...['text-align', 'text-overflow', 'text-decoration-line', 'text-decoration-style', 'text-decoration-color'],
  ...['text-decoration-thickness', 'text-underline-offset', 'text-shadow', 'white-space', 'overflow-wrap'],
  ...['direction', 'unicode-bidi', 'list-style-type', 'appearance', 'accent-color'],
]

/** What is for the screen only: tools, and what is folded away. */
export function isInPicture(node: Node): boolean {
  if (!(node instanceof HTMLElement)) return true
  return node.dataset.notInPicture === undefined && !(node instanceof HTMLDetailsElement && !node.open)
}

/** Writes the styles of an SVG's parts into them, where they are read from; answers how to take them out again. */
export function inlineSvgStyles(element: HTMLElement): () => void {
  const parts = [...element.querySelectorAll<SVGElement>('svg *')]
  // Read first, written then: one layout instead of one a part.
  const styles = parts.map((part) => {
    const computed = getComputedStyle(part)
    return SVG_STYLES.map((name) => computed.getPropertyValue(name))
  })
  parts.forEach((part, place) => {
    SVG_STYLES.forEach((name, at) => {
      part.style.setProperty(name, styles[place]?.[at] ?? '')
    })
  })
  return () => {
    for (const part of parts) for (const name of SVG_STYLES) part.style.removeProperty(name)
  }
}

export async function downloadPicture(element: HTMLElement, name: string): Promise<void> {
  // Seldom wanted: it comes when it is.
  const { toPng } = await import('html-to-image')
  const restore = inlineSvgStyles(element)
  try {
    const url = await toPng(element, {
      pixelRatio: SCALE,
      backgroundColor: getComputedStyle(document.body).backgroundColor,
      skipFonts: true,
      includeStyleProperties: HTML_STYLES,
      filter: isInPicture,
      style: { margin: '0', padding: `${MARGIN_PX}px` },
      width: element.scrollWidth + 2 * MARGIN_PX,
      height: element.scrollHeight + 2 * MARGIN_PX,
    })
    const link = document.createElement('a')
    link.href = url
    link.download = `${name}.png`
    link.click()
  } finally {
    restore()
  }
}
