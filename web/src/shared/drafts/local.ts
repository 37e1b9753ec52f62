import type { Draft } from './model'

/** The copy in this browser, written at each key: it survives a crash, and the time without a line. */
const prefix = 'yuelai.draft.kept.'
const key = (owner: string, interaction: string, id: string) => `${prefix}${owner}.${interaction}.${id}`

/** `gone`: closed here, which the centre has not heard yet. */
export type Copy = Draft & { gone?: true }

export function writeCopy(owner: string, copy: Copy): void {
  try {
    localStorage.setItem(key(owner, copy.interaction, copy.id), JSON.stringify(copy))
  } catch {
    // Storage full or forbidden: the page itself and the centre still have it.
  }
}

export function dropCopy(owner: string, interaction: string, id: string): void {
  localStorage.removeItem(key(owner, interaction, id))
}

export function copiesOf(owner: string, interaction: string): Copy[] {
  const start = key(owner, interaction, '')
  const copies: Copy[] = []
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(start)) continue
    try {
      copies.push(JSON.parse(localStorage.getItem(name) ?? '') as Copy)
    } catch {
      localStorage.removeItem(name)
    }
  }
  return copies
}
