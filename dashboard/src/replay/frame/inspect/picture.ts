/**
 * A picture of the page as it is on the stage: drawn from a copy of it within an SVG image, which loads nothing and runs
 * nothing. Limits: what is in shadow roots and frames is not in it, and images only where they are within the page.
 */

import type { Answers } from '../../messages'
import type { Stage } from '../stage'

/** A larger page is drawn smaller. */
const MAX_SIDE = 4096

export async function takePicture(stage: Stage): Promise<Answers['picture']> {
  const page = stage.document()
  const view = stage.window()
  if (!page?.documentElement || !view) return null
  const { innerWidth: width, innerHeight: height } = view
  const scale = Math.min(2, MAX_SIDE / Math.max(width, height, 1))
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(page, view))}`
  try {
    await image.decode()
  } catch {
    // Text that XML cannot hold, for one: the dashboard says that there is no picture.
    return null
  }
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const context = canvas.getContext('2d')
  if (!context) return null
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'))
  return blob && { type: blob.type, bytes: await blob.arrayBuffer() }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML cannot hold
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

function svgOf(page: Document, view: Window): string {
  const { innerWidth: width, innerHeight: height } = view
  const copy = page.documentElement.cloneNode(true) as HTMLElement
  for (const element of copy.querySelectorAll('script, noscript, link, style, iframe, template')) element.remove()
  showValues(page.documentElement, copy)
  const style = document.createElement('style')
  style.textContent = rulesOf(page)
  copy.prepend(style)
  // An element in the place of `html` and `body` keeps what is said of them.
  copy.style.setProperty('transform', `translate(${-view.scrollX}px, ${-view.scrollY}px)`)
  copy.style.setProperty('width', `${width}px`)
  const xml = new XMLSerializer().serializeToString(copy).replace(NOT_XML, '')
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<foreignObject width="100%" height="100%">${xml}</foreignObject></svg>`
  )
}

/** What is in fields is no attribute; a copy does not have it. */
function showValues(original: Element, copy: Element): void {
  const selector = 'input, textarea, select'
  const copies = copy.querySelectorAll<HTMLInputElement>(selector)
  for (const [index, field] of original.querySelectorAll<HTMLInputElement>(selector).entries()) {
    const twin = copies[index]
    if (!twin) return
    if (field.localName === 'textarea') twin.textContent = field.value
    else if (field.localName === 'input') twin.setAttribute('value', field.value)
    if (field.checked) twin.setAttribute('checked', '')
  }
}

function rulesOf(page: Document): string {
  const texts: string[] = []
  for (const sheet of [...page.styleSheets, ...page.adoptedStyleSheets]) {
    try {
      for (const rule of sheet.cssRules)
        if (rule.constructor.name !== 'CSSImportRule') texts.push(rule.cssText.replaceAll(':root', 'html'))
    } catch {
      // Of another origin: its rules are not known.
    }
  }
  return texts.join('\n')
}
