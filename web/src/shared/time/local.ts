/** Local midnight at the start of the day (YYYY-MM-DD), or of one that many days later, as an instant. */
export function instantOf(date: string, daysLater = 0): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(year, month - 1, day + daysLater).toISOString()
}
