/** A text in pieces, those that answer the search marked. */
export interface Piece {
  text: string
  hit: boolean
}

const plain = (text: string): Piece[] => [{ text, hit: false }]

/** Mark where the search stands in a text, whatever its case. */
export function mark(text: string, wanted: string): Piece[] {
  const needle = wanted.trim().toLowerCase()
  const at = needle ? text.toLowerCase().indexOf(needle) : -1
  if (at < 0) return plain(text)
  return cut(text, at, at + needle.length)
}

/** Mark digits in a number written with spaces and hyphens: 0001 in 138 0000 0001. The end counts before the start. */
export function markDigits(text: string, wanted: string): Piece[] {
  const needle = wanted.replace(/\D/g, '')
  if (needle.length < 2) return plain(text)
  const places: number[] = []
  let digits = ''
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index] ?? ''
    if (/\d/.test(letter)) {
      places.push(index)
      digits += letter
    }
  }
  const at = digits.endsWith(needle) ? digits.length - needle.length : digits.indexOf(needle)
  if (at < 0) return plain(text)
  return cut(text, places[at] ?? 0, (places[at + needle.length - 1] ?? 0) + 1)
}

function cut(text: string, from: number, to: number): Piece[] {
  return [
    { text: text.slice(0, from), hit: false },
    { text: text.slice(from, to), hit: true },
    { text: text.slice(to), hit: false },
  ].filter((piece) => piece.text !== '')
}
