import type { SystemStatus } from '@/shared/api/admin'

export type { Parked, SystemStatus } from '@/shared/api/admin'
export type Part = SystemStatus['parts'][number]
