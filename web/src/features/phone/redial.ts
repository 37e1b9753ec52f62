/** The numbers called last from this page's session, newest first: with the window they are forgotten. */
const key = 'yuelai.called'
const most = 8

export function called(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string').slice(0, most) : []
  } catch {
    return []
  }
}

export function remember(number: string): void {
  try {
    sessionStorage.setItem(key, JSON.stringify([number, ...called().filter((one) => one !== number)].slice(0, most)))
  } catch {
    // Without storage there is nothing to call again.
  }
}
