const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

function shaped(digits: string, version: string): string {
  const variant = hex((Number.parseInt(digits.slice(16, 17), 16) & 3) | 8, 1)
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${version}${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`
}

let last = 0

/** A UUID of version 7 (RFC 9562 §5.7): ids sort in the order in which they were made, also within a millisecond. */
export function newId(now: number = Date.now()): string {
  last = Math.max(now, last + 1)
  const random = [...crypto.getRandomValues(new Uint8Array(10))].map((byte) => hex(byte, 2)).join('')
  return shaped(hex(last, 12) + random, '7')
}

// FNV-1a: the same words give the same id on every seat; nothing depends on nobody finding two alike.
function hash(text: string, seed: number): string {
  let value = seed
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0
  return hex(value, 8)
}

/** The id of a form that a contact has once (version 8, RFC 9562 §5.8). */
export function fixedId(...parts: string[]): string {
  const text = parts.join(' ')
  return shaped([0x811c9dc5, 0x9747b28c, 0x5bd1e995, 0x1b873593].map((seed) => hash(text, seed)).join(''), '8')
}
