import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App as AntApp, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useEffect, useLayoutEffect, useMemo } from 'react'

import { SignIn } from '@/features/session/SignIn'
import { useSession } from '@/features/session/session'
import { Problem } from '@/shared/api/client'
import { usePrefs, useReducedMotion, useSystemDark } from '@/shared/prefs/prefs'
import { antdTheme } from '@/shared/theme/antd'
import { applyPalette } from '@/shared/theme/tokens'
import { SignedIn } from './SignedIn'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      // A refusal will be the same next time; a lost connection may not.
      retry: (count, error) => error instanceof Problem && (error.status === 0 || error.status >= 500) && count < 2,
    },
  },
})

export function App() {
  const { theme, language } = usePrefs()
  const systemDark = useSystemDark()
  const still = useReducedMotion()
  const scheme = theme === 'dark' || (theme === 'system' && systemDark) ? 'dark' : 'light'
  const config = useMemo(() => antdTheme(scheme, still), [scheme, still])
  const session = useSession()

  useLayoutEffect(() => applyPalette(scheme), [scheme])
  useEffect(() => {
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en')
  }, [language])
  useEffect(() => {
    // Another person must not find what this one looked up.
    if (!session) queries.clear()
  }, [session])

  return (
    <ConfigProvider theme={config} locale={language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }}>
      <QueryClientProvider client={queries}>
        <AntApp component={false}>
          {session ? <SignedIn key={session.person.id} person={session.person} token={session.token} /> : <SignIn />}
        </AntApp>
      </QueryClientProvider>
    </ConfigProvider>
  )
}
