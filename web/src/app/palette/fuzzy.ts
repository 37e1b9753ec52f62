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

/** Whether the letters are beginnings of these syllables, one after the other: js, jse and juese are all jue se. */
function begins(letters: string, syllables: readonly string[], from: number): boolean {
  if (letters === '') return true
  const syllable = syllables[from]
  if (!syllable) return false
  for (let length = Math.min(syllable.length, letters.length); length > 0; length -= 1) {
    if (syllable.startsWith(letters.slice(0, length)) && begins(letters.slice(length), syllables, from + 1)) return true
  }
  return false
}

function scoreOfPinyin(query: string, pinyin: string): number {
  const syllables = pinyin.split(' ')
  // A name is usually entered from its beginning.
  const from = syllables.findIndex((_, place) => begins(query, syllables, place))
  return from < 0 ? 0 : 75 - from
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
