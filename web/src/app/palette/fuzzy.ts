/** How well what was typed fits the names of a thing. */

export interface Named {
  /** As shown. */
  text: string
  /** Other names it goes by, in any language. */
  also?: readonly string[]
  /** Of the Chinese name, a syllable a word. */
  pinyin?: string
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s·：:“”"'’-]/g, '')

/** The letters in their order, not necessarily beside each other. */
function scattered(query: string, text: string): boolean {
  let at = 0
  for (const letter of query) {
    at = text.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}

function scoreOf(query: string, text: string): number {
  const whole = plain(text)
  if (whole === query) return 100
  if (whole.startsWith(query)) return 90
  if (text.toLowerCase().split(/[\s·：:]+/).some((word) => plain(word).startsWith(query))) return 80
  if (whole.includes(query)) return 60
  // One or two letters are found scattered in nearly everything.
  return query.length > 2 && scattered(query, whole) ? 20 : 0
}

function scoreOfPinyin(query: string, pinyin: string): number {
  const syllables = pinyin.split(' ')
  for (let from = 0; from < syllables.length; from += 1) {
    const rest = syllables.slice(from)
    const initials = rest.map((syllable) => syllable[0]).join('')
    // A name is usually entered from its beginning.
    if (initials.startsWith(query)) return 75 - from
    if (rest.join('').startsWith(query)) return 70 - from
  }
  return 0
}

/** 0 if it does not fit, 100 if it is the very name. */
export function fit(typed: string, named: Named): number {
  const query = plain(typed)
  if (!query) return 1
  const names = [scoreOf(query, named.text), ...(named.also ?? []).map((name) => scoreOf(query, name) - 5)]
  if (named.pinyin && /^[a-z]+$/.test(query)) names.push(scoreOfPinyin(query, named.pinyin))
  return Math.max(0, ...names)
}

/** What fits, best first; equals keep their order. */
export function ranked<T extends Named>(typed: string, things: readonly T[]): T[] {
  return things
    .map((thing) => ({ thing, score: fit(typed, thing) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ thing }) => thing)
}
