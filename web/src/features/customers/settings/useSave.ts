import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

/** One change of the set-up at a time; what was read of it is asked for again. */
export function useSave(key: string) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const save = async (act: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true)
    setProblem(null)
    try {
      await act()
      await queries.invalidateQueries({ queryKey: [key] })
      return true
    } catch (error) {
      setProblem(error)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { save, busy, problem, clear: () => setProblem(null) }
}

/** What programs call a thing: a small letter first. */
export const isCode = (text: string): boolean => /^[a-z][a-z0-9_]{0,31}$/.test(text)
