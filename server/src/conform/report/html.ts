/** The report as one HTML page that loads nothing. */
import { dayOf, type Millis } from '../../lib/clock.ts'
import type { Result } from '../check.ts'
import type { Outcome } from '../run.ts'
import { exchangeOf, type Mask } from './evidence.ts'
import { summaryOf, wantsOf, words } from './table.ts'

function text(value: string): string {
  return value.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)
}

const style = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; display: block; overflow-x: auto } td, th { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid #8884 }
pre { overflow: auto; padding: .75rem; border: 1px solid #8884; white-space: pre-wrap; overflow-wrap: anywhere }
.failed { color: #b3261e; font-weight: 600 } .warned { color: #8a5a00 } .not_checked { font-weight: 600 } .not_offered { opacity: .7 }
@media (prefers-color-scheme: dark) { .failed { color: #ff8a80 } .warned { color: #ffcc80 } }
`

export function htmlOf(outcome: Outcome, mask: Mask, now: Millis): string {
  const title = `${outcome.issuer}, checked on ${dayOf(now)}`
  const findings = outcome.results.filter(({ state }) => state === 'failed' || state === 'warned')
  const wants = wantsOf(outcome.results)
  const rows = outcome.results.map(({ check, state, reason }) => {
    const said = state === 'passed' ? check.title : mask(reason ?? check.title)
    return `<tr><td class="${state}">${words[state]}</td><td><code>${check.id}</code></td><td>${check.of}</td><td>${check.level}</td><td>${text(said)}</td></tr>`
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title><style>${style}</style></head><body>
<h1>${text(title)}</h1>
<p>${summaryOf(outcome)}</p>
${outcome.trouble === undefined ? '' : `<p class="failed">The access that was given did not work: ${text(mask(outcome.trouble))}</p>`}
${findings.length === 0 ? '' : `<h2>Findings</h2>\n${findings.map((finding) => findingOf(finding, mask)).join('\n')}`}
${wants.length === 0 ? '' : `<h2>Not checked, for want of access</h2>\n<ul>${wants.map(([option, checks]) => `<li>${checks} more with <code>${text(option)}</code></li>`).join('')}</ul>`}
<h2>Every check</h2>
<table><thead><tr><th>state</th><th>check</th><th>section</th><th>level</th><th></th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></body></html>
`
}

function findingOf({ check, state, reason, evidence }: Result, mask: Mask): string {
  const shown = evidence.map((answer) => {
    const { request, answer: said } = exchangeOf(answer, mask)
    return `<pre>${text(`${request}\n\n${said}`)}</pre>`
  })
  return `<h3 class="${state}">${check.level}: ${text(check.title)}</h3>
<p><code>${check.id}</code>, ${check.of}. Sent: ${text(check.sends)}. Expected: ${text(check.expects)}.</p>
<p><strong>Found:</strong> ${text(mask(reason ?? ''))}</p>
${shown.join('\n')}`
}
