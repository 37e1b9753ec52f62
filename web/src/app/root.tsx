import { createRootRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Empty } from '@/shared/ui/parts'
import { Body } from './Body'

/** The frame around every page; features hang their routes below it. */
export const root = createRootRoute({ component: Body, notFoundComponent: NotFound })

function NotFound() {
  const { t } = useTranslation()
  return <Empty>{t('app.notFound')}</Empty>
}
