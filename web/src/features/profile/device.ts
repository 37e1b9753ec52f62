/** `Chrome · Windows` from what a browser says about itself; null if it is none that people know. */
export function deviceOf(agent: string | null): string | null {
  if (!agent) return null
  // Each of these calls itself by the names below it, too.
  const browser = /Edg\//.test(agent) ? 'Edge' : /OPR\//.test(agent) ? 'Opera' : /Firefox\//.test(agent) ? 'Firefox' : /Chrom(e|ium)\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : null
  const system = /Windows/.test(agent) ? 'Windows' : /iPhone|iPad/.test(agent) ? 'iOS' : /Android/.test(agent) ? 'Android' : /Mac OS X/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : null
  const words = [browser, system].filter(Boolean)
  return words.length > 0 ? words.join(' · ') : null
}
