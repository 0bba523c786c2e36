/** Writes what is made from the table of metrics: dashboard, alert rules, and the tables of the page on monitoring. */
import { readFile, writeFile } from 'node:fs/promises'
import { alertRules, dashboard, metricsReference } from '../server/dist/runtime/metrics/monitoring.js'

const at = (path) => new URL(`../${path}`, import.meta.url)
await writeFile(at('deploy/grafana/consentry.json'), dashboard())
await writeFile(at('deploy/prometheus/consentry_rules.yml'), alertRules())
const page = at('docs/operating/monitoring.md')
const text = await readFile(page, 'utf8')
const between = /(?<=<!-- metrics -->\n\n)[\s\S]*(?=\n<!-- end of metrics -->)/
await writeFile(
  page,
  text.replace(between, () => metricsReference()),
)
