type Translate = (key: string, options?: Record<string, unknown>) => string

const known: Array<[pattern: RegExp, key: string]> = [
  [/^(?<count>\d+) entries behind$/, 'behind'],
  [/^(?<count>\d+) calls$/, 'calls'],
  [/^(?<count>\d+) legs, (?<load>\d+%) of the time used, room for (?<room>\d+)$/, 'legs'],
  [/^does not answer$/, 'silent'],
]

/** What a part says of itself comes in English; what is usual is said in the language of the screen. */
export function said(detail: string, t: Translate): string {
  for (const [pattern, key] of known) {
    const found = pattern.exec(detail)
    if (found) return t(`admin.status.say.${key}`, { ...found.groups })
  }
  return detail
}

/** What a part is called; of the media workers there may be several. */
export function called(name: string, t: Translate): string {
  const worker = /^media-(?<number>\d+)$/.exec(name)
  if (worker) return t('admin.status.mediaWorker', { ...worker.groups })
  return t(`admin.status.part.${name}`, { defaultValue: name })
}
