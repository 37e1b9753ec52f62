import { useContext } from 'react'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Empty, ErrorLine, Skeleton, type Tone } from '@/shared/ui/parts'
import { WordsContext } from './context'
import { differences } from './differences'
import type { Comparison, FieldChange, FlowDocument, NodeChange } from './types'
import { nameOf } from './words'

interface Props {
  version: number
  comparison: Comparison | undefined
  problem: unknown
  document: FlowDocument
  onShow: (node: string) => void
}

const looks: Record<NodeChange['change'], { icon: IconName; tone: Tone }> = {
  added: { icon: 'plus', tone: 'ok' },
  removed: { icon: 'minus', tone: 'red' },
  changed: { icon: 'pen', tone: 'amber' },
}

/** What differs between a version and the draft, node by node, field by field. */
export function Compare({ version, comparison, problem, document, onShow }: Props) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  if (problem) return <ErrorLine problem={problem} />
  if (!comparison) return <Skeleton rows={4} />
  if (comparison.nodes.length + comparison.handlers.length === 0) return <Empty>{t('flows.compare.same', { version })}</Empty>
  return (
    <ul className="flow-compare" data-testid="flow-compare">
      {comparison.nodes.map(({ node, change, fields }) => (
        <li key={node} data-testid={`change-${node}`} data-change={change}>
          <button type="button" className="flow-compare-node" disabled={change === 'removed'} onClick={() => onShow(node)}>
            <span className={`flow-badge tone-${looks[change].tone}`}>
              <Icon name={looks[change].icon} size={13} /> {t(`flows.compare.${change}`)}
            </span>
            <b className="ellipsis">{nameOf(document.nodes[node], node, words)}</b>
          </button>
          {change === 'changed' && <Fields fields={fields} document={document} />}
        </li>
      ))}
      {comparison.handlers.length > 0 && (
        <li>
          <p className="flow-compare-node">
            <b>{t('flows.compare.handlers')}</b>
          </p>
          <Fields fields={comparison.handlers} document={document} />
        </li>
      )}
    </ul>
  )
}

function Fields({ fields, document }: { fields: readonly FieldChange[]; document: FlowDocument }) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  return (
    <dl className="flow-differences">
      {differences(fields, document, words).map(({ id, name, one, other }) => (
        <div key={id}>
          <dt>{name}</dt>
          <dd>
            {one ? <del>{one}</del> : <span className="muted">{t('flows.compare.nothing')}</span>}
            <Icon name="arrowRight" size={13} />
            {other ? <ins>{other}</ins> : <span className="muted">{t('flows.compare.nothing')}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
