const focusable = 'button:not([disabled]), [href], input:not([disabled]), textarea, select, [tabindex]:not([tabindex="-1"])'

const shown = (element: HTMLElement): boolean => element.offsetParent !== null && !element.closest('[inert]')

/** Move the focus to the first thing in the next region of the screen, round and round. */
export function nextRegion(by: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(shown)
  const here = regions.findLastIndex((region) => region.contains(document.activeElement))
  for (let step = 1; step <= regions.length; step += 1) {
    const start = here < 0 && by < 0 ? 0 : here
    const region = regions[(start + by * step + regions.length * 2) % regions.length]
    const target =
      region?.querySelector<HTMLElement>('[data-first-action]') ??
      [...(region?.querySelectorAll<HTMLElement>(focusable) ?? [])].find(shown)
    if (target) {
      target.focus()
      return
    }
  }
}
