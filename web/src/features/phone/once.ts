/**
 * Sends a command once for each state it is given in.
 *
 * The screen often shows the new state before the answer to the request that caused it has come back: a key pressed
 * then is meant for the new state and must act, while a second press in the old state is only impatience.
 */
export class Once {
  private under: string | null = null

  /** Do `send` unless it is under way for this same `state`; true when it was done. */
  async act(state: string, send: () => Promise<unknown>): Promise<boolean> {
    if (this.under === state) return false
    this.under = state
    try {
      await send()
    } finally {
      if (this.under === state) this.under = null
    }
    return true
  }
}
