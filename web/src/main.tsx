import { createRoot } from 'react-dom/client'

import { App } from './app/App'
import { startI18n } from './shared/i18n'
import { getPrefs, systemIsDark } from './shared/prefs/prefs'
import { applyPalette } from './shared/theme/tokens'
import './shared/theme/base.css'
import './shared/ui/ui.css'
import './app/shell.css'
import './features/phone/phone.css'
import './features/desk/desk.css'
import './features/desk/identify/identify.css'
import './features/tryout/tryout.css'
import './features/desk/overview.css'
import './features/desk/forms.css'
import './features/trail/trail.css'
import './features/interactions/interactions.css'
import './features/session/session.css'

const { theme, language } = getPrefs()
applyPalette(theme === 'dark' || (theme === 'system' && systemIsDark()) ? 'dark' : 'light')
await startI18n(language)

const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)
