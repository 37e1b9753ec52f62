const signs: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€' }

/** ¥ 1,218.60 from minor units. */
export function money(minor: number, currency = 'CNY'): string {
  const whole = Math.abs(Math.trunc(minor))
  const units = String(Math.floor(whole / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${minor < 0 ? '−' : ''}${signs[currency] ?? currency} ${units}.${String(whole % 100).padStart(2, '0')}`
}
