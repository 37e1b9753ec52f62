import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App as AntApp, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'

import { ForcedPassword } from '@/features/session/ForcedPassword'
import { signInWithTicket, useSession } from '@/features/session/session'
import { takeReturned } from '@/features/session/returning'
import { SignIn } from '@/features/session/SignIn'
import { tryPath } from '@/features/tryout/demo'
import { TryLink } from '@/features/tryout/TryLink'
import { TryOut } from '@/features/tryout/TryOut'
import { Problem } from '@/shared/api/client'
import { clearNotices } from '@/shared/notices'
import { usePrefs, useReducedMotion, useSystemDark } from '@/shared/prefs/prefs'
import { antdTheme } from '@/shared/theme/antd'
import { applyPalette } from '@/shared/theme/tokens'
import { SignedIn } from './SignedIn'

const newQueries = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        // A refusal will be the same next time; a lost connection may not.
        retry: (count, error) => error instanceof Problem && (error.status === 0 || error.status >= 500) && count < 2,
      },
    },
  })

const returned = takeReturned()
/** The demo's other side: the customer, whoever is signed in here. */
const trying = location.pathname === tryPath

export function App() {
  const { theme, language } = usePrefs()
  const systemDark = useSystemDark()
  const still = useReducedMotion()
  const scheme = theme === 'dark' || (theme === 'system' && systemDark) ? 'dark' : 'light'
  const config = useMemo(() => antdTheme(scheme, still), [scheme, still])
  const session = useSession()
  const [trouble, setTrouble] = useState<unknown>(returned?.error ? new Problem(401, { code: returned.error }) : null)

  useLayoutEffect(() => applyPalette(scheme), [scheme])
  useEffect(() => {
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en')
  }, [language])

  useEffect(() => {
    if (returned?.ticket) signInWithTicket(returned.ticket).catch(setTrouble)
  }, [])

  // Another person, or the same one at another tenant, must not find what was looked up before.
  const who = session?.person.id ?? ''
  const place = session ? `${who} ${session.person.tenant.id}` : ''
  // oxlint-disable-next-line react/exhaustive-deps -- a place of its own for each
  const queries = useMemo(newQueries, [place])
  const before = useRef(who)
  useEffect(() => {
    if (before.current && before.current !== who) clearNotices()
    before.current = who
  }, [who])
  // What was refused while the session was over is asked again.
  const expired = session?.expired ?? false
  useEffect(() => {
    if (!expired) void queries.invalidateQueries({ predicate: (query) => query.state.status === 'error' })
  }, [expired, queries])

  return (
    <ConfigProvider theme={config} locale={language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }}>
      <QueryClientProvider client={queries}>
        <AntApp component={false}>
          {trying && <TryOut />}
          {!trying && !session && <SignIn trouble={trouble} key={trouble ? 'trouble' : 'plain'} aside={<TryLink />} />}
          {!trying && session?.person.must === 'change_password' && !expired && <ForcedPassword person={session.person} />}
          {!trying && session && session.person.must !== 'change_password' && (
            <div className="covered" inert={expired} aria-hidden={expired} data-expired={expired}>
              <SignedIn key={session.person.id} person={session.person} token={session.token} />
            </div>
          )}
          {!trying && session && expired && <SignIn expired={session.person} />}
        </AntApp>
      </QueryClientProvider>
    </ConfigProvider>
  )
}
