import { api } from '@/shared/api/client'
import { save } from '@/shared/ui/download'
import type { CustomerRecord } from '../types'

/** Everything held on one customer, as a file. */
export async function exportRecord(record: CustomerRecord): Promise<void> {
  save(await api.blob(`/customers/${record.id}/export`), `${record.no}.json`)
}
