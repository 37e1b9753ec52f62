import { api } from '@/shared/api/client'
import type { CustomerRecord } from '../types'

/** Hand a file to the browser's downloads. */
export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** Everything held on one customer, as a file. */
export async function exportRecord(record: CustomerRecord): Promise<void> {
  save(await api.blob(`/customers/${record.id}/export`), `${record.no}.json`)
}
