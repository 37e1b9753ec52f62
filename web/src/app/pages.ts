import type { Person } from '@/shared/api/types'
import type { IconName } from '@/shared/ui/icons'

/** Every page one can go to: in the navigation, in the bar of its section and in the palette. */
export interface Page {
  path: '/desk' | '/interactions' | '/customers' | '/callbacks' | '/bulletins' | '/team' | '/flows' | '/prompts' | '/queues' | '/calendars' | '/dispositions' | '/scripts' | '/offers' | '/trunks' | '/sip/calls' | '/sip/guards' | '/people' | '/roles' | '/organisation' | '/skills' | '/system' | '/audit' | '/tenants' | '/profile'
  icon: IconName
  /** Key of its name. */
  name: string
  /** Any of these opens it; none, if everybody may. */
  permissions: readonly string[]
  /** Of its Chinese name, a syllable a word. */
  pinyin: string
}

export interface Section {
  id: string
  icon: IconName
  name: string
  pages: readonly Page[]
}

const single = (page: Page): Section => ({ id: page.path.slice(1), icon: page.icon, name: page.name, pages: [page] })

export const sections: readonly Section[] = [
  single({ path: '/desk', icon: 'headset', name: 'nav.desk', permissions: ['agent.work'], pinyin: 'zuo xi' }),
  single({ path: '/interactions', icon: 'list', name: 'nav.interactions', permissions: ['interactions.read'], pinyin: 'ji lu' }),
  single({ path: '/customers', icon: 'person', name: 'nav.customers', permissions: ['customers.read'], pinyin: 'ke hu' }),
  single({ path: '/callbacks', icon: 'phone', name: 'nav.callbacks', permissions: ['callbacks.read'], pinyin: 'hui bo yu liu yan' }),
  single({ path: '/bulletins', icon: 'bell', name: 'nav.bulletins', permissions: ['colleagues.talk'], pinyin: 'gong gao' }),
  single({ path: '/team', icon: 'eye', name: 'nav.team', permissions: ['supervision.view'], pinyin: 'ban zu' }),
  single({ path: '/flows', icon: 'flow', name: 'nav.flows', permissions: ['flows.read'], pinyin: 'liu cheng' }),
  single({ path: '/prompts', icon: 'speaker', name: 'nav.prompts', permissions: ['flows.read'], pinyin: 'ti shi yin' }),
  {
    id: 'queues',
    icon: 'queue',
    name: 'nav.queues',
    pages: [
      { path: '/queues', icon: 'queue', name: 'nav.queues', permissions: ['queues.write', 'supervision.view'], pinyin: 'dui lie yu hao ma' },
      { path: '/calendars', icon: 'calendar', name: 'nav.calendars', permissions: ['queues.write', 'supervision.view'], pinyin: 'fu wu shi jian' },
      { path: '/dispositions', icon: 'tag', name: 'nav.dispositions', permissions: ['queues.write'], pinyin: 'xiao jie' },
    ],
  },
  {
    id: 'knowledge',
    icon: 'book',
    name: 'nav.knowledge',
    pages: [
      { path: '/scripts', icon: 'script', name: 'nav.scripts', permissions: ['scripts.write'], pinyin: 'hua shu' },
      { path: '/offers', icon: 'gift', name: 'nav.offers', permissions: ['offers.write'], pinyin: 'tui jian' },
    ],
  },
  {
    id: 'telephony',
    icon: 'signal',
    name: 'nav.telephony',
    pages: [
      { path: '/trunks', icon: 'signal', name: 'nav.trunks', permissions: ['telephony.read'], pinyin: 'zhong ji' },
      { path: '/sip/calls', icon: 'trail', name: 'nav.sipCalls', permissions: ['telephony.trace'], pinyin: 'xin ling' },
      { path: '/sip/guards', icon: 'shield', name: 'nav.guards', permissions: ['telephony.read'], pinyin: 'fang hu' },
    ],
  },
  {
    id: 'people',
    icon: 'people',
    name: 'nav.people',
    pages: [
      { path: '/people', icon: 'people', name: 'nav.people', permissions: ['people.read'], pinyin: 'ren yuan' },
      { path: '/roles', icon: 'shield', name: 'nav.roles', permissions: ['people.read'], pinyin: 'jue se' },
      { path: '/organisation', icon: 'building', name: 'nav.organisation', permissions: ['people.read'], pinyin: 'ji gou ban zu' },
      { path: '/skills', icon: 'skill', name: 'nav.skills', permissions: ['people.read'], pinyin: 'ji neng' },
    ],
  },
  {
    id: 'system',
    icon: 'server',
    name: 'nav.system',
    pages: [
      { path: '/system', icon: 'server', name: 'nav.status', permissions: ['system.read'], pinyin: 'yun xing zhuang tai' },
      { path: '/audit', icon: 'audit', name: 'nav.audit', permissions: ['audit.read'], pinyin: 'shen ji' },
      { path: '/tenants', icon: 'building', name: 'nav.tenants', permissions: ['tenants.read'], pinyin: 'zu hu' },
    ],
  },
]

export const profile: Page = { path: '/profile', icon: 'person', name: 'nav.profile', permissions: [], pinyin: 'wo de ge ren zi liao' }

export const may = (person: Person, page: Page): boolean =>
  page.permissions.length === 0 || page.permissions.some((permission) => person.permissions.includes(permission))

/** The sections this person finds anything in, with the pages they may open. */
export const allowedSections = (person: Person): Section[] =>
  sections.map((section) => ({ ...section, pages: section.pages.filter((page) => may(person, page)) })).filter(({ pages }) => pages.length > 0)

export const allowedPages = (person: Person): Page[] => allowedSections(person).flatMap(({ pages }) => pages)

/** Whether an address lies on a page or below it. */
export const within = (path: string, page: Page): boolean => path === page.path || path.startsWith(`${page.path}/`)
