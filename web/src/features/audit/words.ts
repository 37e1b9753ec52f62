import type { AuditEntry } from '@/shared/api/admin'

type Translate = (key: string, options?: Record<string, unknown>) => string

/** A sentence for a deed: a code that has no words yet is shown as it is rather than hidden. */
export const actionText = (action: string, t: Translate): string => t(`admin.action.${action.replaceAll('.', '_')}`, { defaultValue: action })

export interface ObjectParts {
  kind: string
  id: string
}

/** `customer/0192…`: what kind of thing, and which. */
export function objectParts(object: string | null): ObjectParts | null {
  if (!object) return null
  const at = object.indexOf('/')
  return at < 0 ? { kind: object, id: '' } : { kind: object.slice(0, at), id: object.slice(at + 1) }
}

export const objectKind = (kind: string, t: Translate): string => t(`admin.objectKind.${kind.replaceAll('.', '_')}`, { defaultValue: kind })

/** Long ids by their end, which differs; the whole stands in the detail. */
export const shortId = (id: string): string => (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? `…${id.slice(-6)}` : id)

export const who = (entry: AuditEntry, t: Translate): string => entry.person?.name ?? (entry.token ? t('admin.audit.byToken', { name: entry.token }) : t('admin.audit.system'))
