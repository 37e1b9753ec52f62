import type { Grant, Named, Role, Scope, Site } from '@/shared/api/admin'

type Translate = (key: string, options?: Record<string, unknown>) => string

export const roleName = (role: Pick<Role, 'name' | 'name_en' | 'code'> | undefined, code: string, language: string): string =>
  (language === 'en' ? role?.name_en || role?.name : role?.name) || code

/** 班长（班组：一班、二班）; the whole tenant is not worth a word. */
export function grantWords(grant: Grant, roles: readonly Role[], places: ReadonlyMap<string, string>, t: Translate, language: string): string {
  const name = roleName(roles.find(({ code }) => code === grant.role), (language === 'en' && grant.role_name_en) || grant.role_name || grant.role, language)
  const scope = scopeWords(grant.scope, places, t)
  if (!scope) return name
  return language === 'en' ? `${name} (${scope})` : `${name}（${scope}）`
}

export function scopeWords(scope: Scope, places: ReadonlyMap<string, string>, t: Translate): string {
  if (scope.kind === 'tenant') return ''
  const kind = t(`admin.scope.${scope.kind}`)
  if (scope.kind === 'own') return kind
  const names = scope.ids.map((id) => places.get(id)).filter(Boolean)
  if (names.length === 0) return t(scope.kind === 'group' ? 'admin.scope.ownGroups' : 'admin.scope.ownSite')
  return t('admin.scope.of', { kind, names: names.join(t('admin.common.and')) })
}

export const namesOf = (...lists: ReadonlyArray<readonly Named[]>): Map<string, string> => new Map(lists.flat().map(({ id, name }) => [id, name]))

export interface SiteOption {
  value: string
  label: string
}

/** Sites as a tree puts them, each with the way down to it: 浙江 / 杭州. */
export function sitePaths(sites: readonly Site[]): SiteOption[] {
  const byId = new Map(sites.map((site) => [site.id, site]))
  const path = (site: Site, depth = 0): string => {
    const parent = site.parent_id ? byId.get(site.parent_id) : undefined
    // A circle would be the centre's mistake; the screen must not hang on it.
    return parent && depth < 10 ? `${path(parent, depth + 1)} / ${site.name}` : site.name
  }
  return sites.map((site) => ({ value: site.id, label: path(site) })).toSorted((a, b) => a.label.localeCompare(b.label, 'zh'))
}
