import { ThemeSwitch } from '@/shared/prefs/Switches'
import { Bell } from './Bell'

/** The right end of the top bar. */
export function BarSide() {
  return (
    <span className="bar-side">
      <Bell />
      <ThemeSwitch labelled={false} />
    </span>
  )
}
