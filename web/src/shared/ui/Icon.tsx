import { icons, type IconName } from './icons'

interface Props {
  name: IconName
  /** Edge in px. */
  size?: number
  className?: string
}

/** An inline line icon; decorative, so the word beside it carries the meaning. */
export function Icon({ name, size = 16, className }: Props) {
  const [lines = '', ...dots] = icons[name].split('o')
  return (
    <svg
      className={className ? `icon ${className}` : 'icon'}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {lines && <path d={lines} />}
      {dots.map((dot) => {
        const [x, y] = dot.split(' ')
        return <circle key={dot} cx={x} cy={y} r={1.6} fill="currentColor" stroke="none" />
      })}
    </svg>
  )
}
