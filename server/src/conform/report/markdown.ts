/** The report as Markdown. */
import { dayOf, type Millis } from '../../lib/clock.ts'
import type { Result } from '../check.ts'
import type { Outcome } from '../run.ts'
import { exchangeOf, type Mask } from './evidence.ts'
import { summaryOf, wantsOf, words } from './table.ts'

/** A cell of a table: nothing in it ends the cell or begins markup. */
function cell(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ')
}

/** A block of text as it is, with a fence that it does not hold. */
function block(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

export function markdownOf(outcome: Outcome, mask: Mask, now: Millis): string {
  const findings = outcome.results.filter(({ state }) => state === 'failed' || state === 'warned')
  const wants = wantsOf(outcome.results)
  return [
    `# ${cell(outcome.issuer)}, checked on ${dayOf(now)}`,
    summaryOf(outcome),
    ...(outcome.trouble === undefined
      ? []
      : [`**The access that was given did not work:** ${cell(mask(outcome.trouble))}`]),
    ...(findings.length === 0 ? [] : ['## Findings', ...findings.map((finding) => findingOf(finding, mask))]),
    ...(wants.length === 0
      ? []
      : [
          '## Not checked, for want of access',
          wants.map(([option, checks]) => `- ${checks} more with \`${option}\``).join('\n'),
        ]),
    '## Every check',
    [
      '| state | check | section | level | |',
      '|---|---|---|---|---|',
      ...outcome.results.map(({ check, state, reason }) => {
        const said = state === 'passed' ? check.title : mask(reason ?? check.title)
        return `| ${words[state]} | \`${check.id}\` | ${check.of} | ${check.level} | ${cell(said)} |`
      }),
    ].join('\n'),
    '',
  ].join('\n\n')
}

function findingOf({ check, reason, evidence }: Result, mask: Mask): string {
  return [
    `### ${check.level}: ${cell(check.title)}`,
    `\`${check.id}\`, ${check.of}. Sent: ${cell(check.sends)}. Expected: ${cell(check.expects)}.`,
    `**Found:** ${cell(mask(reason ?? ''))}`,
    ...evidence.map((answer) => {
      const { request, answer: said } = exchangeOf(answer, mask)
      return block(`${request}\n\n${said}`)
    }),
  ].join('\n\n')
}
