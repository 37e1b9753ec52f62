/** Calls this agent has declined: their leaving is no news. */
const declined = new Set<string>()

export const markDeclined = (interactionId: string): void => void declined.add(interactionId)
export const wasDeclined = (interactionId: string): boolean => declined.has(interactionId)
