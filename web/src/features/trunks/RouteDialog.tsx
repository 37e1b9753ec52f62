import { Button, Checkbox, Input, InputNumber, Modal, Select, Switch } from 'antd'
import { useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import type { Route, RouteShare, Trunk } from '@/shared/api/telephony'
import { Confirm } from '@/shared/ui/Confirm'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { clockFits, inOrder, moved, type Hours } from './routes'

const days = [1, 2, 3, 4, 5, 6, 7]
const office: Hours = { days: [1, 2, 3, 4, 5], opens: '09:00', closes: '18:00' }

/** One way out: for which numbers, by which trunks in which order, and when. */
export function RouteDialog({ route, trunks, onClose }: { route: Route | null; trunks: readonly Trunk[]; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const [prefix, setPrefix] = useState(route?.prefix ?? '')
  const [name, setName] = useState(route?.name ?? '')
  const [active, setActive] = useState(route?.active ?? true)
  const [hours, setHours] = useState<Hours | null>(route?.hours ?? null)
  const [shares, setShares] = useState<RouteShare[]>(() => inOrder(route?.trunks ?? []))
  const [dragged, setDragged] = useState<number | null>(null)
  const [tried, setTried] = useState(false)
  const { busy, problem, run } = useAction('/call-routes')
  const digits = prefix.trim().replace(/^\+/, '')
  const prefixWrong = !/^\d{0,20}$/.test(digits)
  const hoursWrong = hours !== null && (hours.days.length === 0 || !clockFits(hours.opens) || !clockFits(hours.closes))
  const nameOf = (id: string) => {
    const trunk = trunks.find((one) => one.id === id)
    return trunk ? (i18n.language === 'en' && trunk.name_en) || trunk.name : '?'
  }
  const free = trunks.filter(({ id, direction }) => direction !== 'in' && !shares.some(({ trunk_id }) => trunk_id === id))
  const put = (index: number, part: Partial<RouteShare>) => setShares(shares.map((share, at) => (at === index ? { ...share, ...part } : share)))
  const done = async (request: () => Promise<unknown>) => {
    const { ok } = await run(request)
    if (ok) onClose()
  }
  const save = () => {
    setTried(true)
    if (prefixWrong || hoursWrong || busy) return
    const body = { prefix: digits, name: name.trim(), active, hours, trunks: shares }
    void done(() => (route ? api.patch(`/call-routes/${route.id}`, { version: route.version, ...body }) : api.post('/call-routes', body)))
  }
  const drop = (event: DragEvent, index: number) => {
    event.preventDefault()
    if (dragged !== null && dragged !== index) setShares(moved(shares, dragged, index))
    setDragged(null)
  }
  const label = digits ? `+${digits}` : t('tel.routes.every')
  return (
    <Modal
      open
      title={route ? t('tel.routes.of', { prefix: route.prefix ? `+${route.prefix}` : t('tel.routes.every') }) : t('tel.routes.add')}
      width={600}
      centered
      styles={{ body: { maxHeight: 'calc(100vh - 190px)', overflowY: 'auto' } }}
      onCancel={onClose}
      footer={
        <div className="dialog-foot">
          {route && <Confirm title={t('admin.common.reallyRemove', { name: label })} hint={t('tel.routes.removeHint')} verb={t('admin.common.remove')} disabled={busy} testId="route-remove" onConfirm={() => void done(() => api.delete(`/call-routes/${route.id}`))} />}
          <span className="foot-end">
            <Button onClick={onClose}>{t('admin.common.cancel')}</Button>
            <Button type="primary" loading={busy} data-testid="route-save" onClick={save}>
              {t('admin.common.save')}
            </Button>
          </span>
        </div>
      }
    >
      <form
        className="form tel-form"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Field id="route-prefix" label={t('tel.routes.prefix')} error={tried && prefixWrong ? 'tel.wrong.prefix' : undefined} hint={t('tel.routes.prefixHint')}>
          <Input id="route-prefix" autoFocus value={prefix} prefix="+" inputMode="numeric" maxLength={21} autoComplete="off" status={tried && prefixWrong ? 'error' : undefined} data-testid="route-prefix" onChange={({ target }) => setPrefix(target.value)} />
        </Field>
        <Field id="route-name" label={t('admin.common.name')}>
          <Input id="route-name" value={name} maxLength={100} onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field label={t('tel.routes.trunks')} hint={shares.length === 0 ? t('tel.routes.allHint') : t('tel.routes.orderHint')}>
          <ol className="shares" data-testid="route-trunks">
            {shares.map((share, index) => (
              // Dragging is for the mouse; the arrow beside it does the same by keyboard.
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
              <li
                key={share.trunk_id}
                draggable
                className={dragged === index ? 'dragged' : undefined}
                onDragStart={() => setDragged(index)}
                onDragEnd={() => setDragged(null)}
                onDragOver={(event) => event.preventDefault()}
                onDrop={(event) => drop(event, index)}
              >
                <span className="share-grip" aria-hidden="true">
                  <Icon name="keypad" size={14} />
                </span>
                <span className="line-name ellipsis" title={nameOf(share.trunk_id)}>
                  {nameOf(share.trunk_id)}
                </span>
                <InputNumber size="small" min={1} max={100} precision={0} value={share.priority} prefix={t('tel.routes.priority')} aria-label={`${nameOf(share.trunk_id)} ${t('tel.routes.priority')}`} onChange={(value) => put(index, { priority: Number(value ?? 1) })} />
                <InputNumber size="small" min={1} max={1000} precision={0} value={share.weight} prefix={t('tel.routes.weight')} aria-label={`${nameOf(share.trunk_id)} ${t('tel.routes.weight')}`} onChange={(value) => put(index, { weight: Number(value ?? 10) })} />
                <span className="row-do">
                  <button type="button" className="icon-button" disabled={index === 0} aria-label={`${t('tel.routes.up')} ${nameOf(share.trunk_id)}`} title={t('tel.routes.up')} onClick={() => setShares(moved(shares, index, index - 1))}>
                    <Icon name="arrowUp" />
                  </button>
                  <button type="button" className="icon-button" aria-label={`${t('admin.common.remove')} ${nameOf(share.trunk_id)}`} title={t('admin.common.remove')} onClick={() => setShares(shares.filter((_, at) => at !== index))}>
                    <Icon name="close" />
                  </button>
                </span>
              </li>
            ))}
          </ol>
          {free.length > 0 && (
            <Select
              size="small"
              value={null}
              placeholder={t('tel.routes.addTrunk')}
              aria-label={t('tel.routes.addTrunk')}
              data-testid="route-add-trunk"
              options={free.map(({ id }) => ({ value: id, label: nameOf(id) }))}
              onChange={(id: string | null) => id && setShares([...shares, { trunk_id: id, priority: (shares.at(-1)?.priority ?? 0) + 1, weight: 10 }])}
            />
          )}
        </Field>
        <Field label={t('tel.routes.hours')} error={tried && hoursWrong ? 'tel.wrong.hours' : undefined}>
          <Checkbox checked={hours === null} onChange={({ target }) => setHours(target.checked ? null : office)}>
            {t('tel.routes.always')}
          </Checkbox>
          {hours && (
            <div className="route-hours">
              <Checkbox.Group value={hours.days} options={days.map((day) => ({ value: day, label: t(`tel.routes.day.${day}`) }))} onChange={(chosen) => setHours({ ...hours, days: chosen.map(Number) })} />
              <span>
                <Input size="small" value={hours.opens} maxLength={5} aria-label={t('tel.routes.opens')} onChange={({ target }) => setHours({ ...hours, opens: target.value })} /> –{' '}
                <Input size="small" value={hours.closes} maxLength={5} aria-label={t('tel.routes.closes')} onChange={({ target }) => setHours({ ...hours, closes: target.value })} />
              </span>
            </div>
          )}
        </Field>
        <Field label={t('tel.routes.active')}>
          <Switch checked={active} aria-label={t('tel.routes.active')} onChange={setActive} />
        </Field>
        {problem !== null && <ErrorLine problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
