/** Area codes of three digits; every other Chinese area code has four. */
const short_areas = /^0(10|2\d)/

/** Only what can be dialled: digits and a leading plus. */
export function dialable(text: string): string {
  const digits = text.replace(/[^\d+]/g, '')
  return digits.startsWith('+') ? `+${digits.slice(1).replace(/\+/g, '')}` : digits.replace(/\+/g, '')
}

/** National form of a Chinese number in E.164; other numbers unchanged. */
function national(number: string): string {
  const match = /^(?:\+|00)86(\d{5,})$/.exec(number)
  if (!match) return number
  const rest = match[1] ?? ''
  return /^1\d{10}$/.test(rest) ? rest : `0${rest}`
}

/** 138 0000 0001, 0571-8812 6620; numbers of another shape stay as they are. */
export function phone(number: string | null | undefined): string {
  if (!number) return ''
  const digits = national(dialable(number))
  if (/^1\d{10}$/.test(digits)) return `${digits.slice(0, 3)} ${digits.slice(3, 7)} ${digits.slice(7)}`
  if (/^0\d{9,11}$/.test(digits)) {
    const area = short_areas.test(digits) ? 3 : 4
    const local = digits.slice(area)
    if (local.length === 7 || local.length === 8) {
      return `${digits.slice(0, area)}-${local.slice(0, local.length - 4)} ${local.slice(-4)}`
    }
  }
  return digits || number
}

/** 138****4471: for places others can see, such as desktop notes. */
export function maskPhone(number: string | null | undefined): string {
  const digits = national(dialable(number ?? ''))
  if (digits.length < 7) return '*'.repeat(digits.length)
  return `${digits.slice(0, 3)}${'*'.repeat(digits.length - 7)}${digits.slice(-4)}`
}

/** 王* or A***: enough to recognise, too little to know. */
export function maskName(name: string): string {
  const letters = [...name.trim()]
  if (letters.length === 0) return ''
  return letters[0] + '*'.repeat(Math.min(3, Math.max(1, letters.length - 1)))
}

/** Whose number stands for the customer: theirs who called us, or whom we called. */
export const customerNumber = ({ direction, ani, dnis }: { direction: string; ani: string; dnis: string }): string => (direction === 'out' ? dnis : ani)
