/** So many at a time; whoever comes when it is full waits, the first who came goes first. */
export class Gate {
  private free: number
  private readonly waiting: Array<() => void> = []

  constructor(places: number) {
    this.free = places
  }

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1
    else await new Promise<void>((enter) => this.waiting.push(enter))
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      // The place goes to whoever waits, without being free in between.
      if (next) next()
      else this.free += 1
    }
  }
}
