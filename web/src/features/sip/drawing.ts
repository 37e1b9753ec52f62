const allowed = new Set(['svg', 'style', 'rect', 'text', 'title', 'line', 'g', 'path'])

/**
 * The centre's drawing as elements of this page, where its colours follow the screen's. Anything that a drawing has no
 * need of is refused: parts of it come from strangers.
 */
export function drawingOf(text: string): SVGSVGElement | null {
  const root = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement
  for (const element of [root, ...root.querySelectorAll('*')]) {
    if (!allowed.has(element.localName)) return null
    for (const { name, value } of element.attributes) if (/^on/i.test(name) || /^(?:\w+:)?href$/i.test(name) || /javascript:/i.test(value)) return null
  }
  return root.localName === 'svg' ? (document.importNode(root, true) as unknown as SVGSVGElement) : null
}
