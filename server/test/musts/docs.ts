/** The pages below `docs/musts`, from the rows of the index. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { allGuards, nodes } from './guards.ts'
import type { Musts } from './must.ts'
import { index } from './rows/index.ts'

const rows = fileURLToPath(new URL('rows', import.meta.url))

/** What a row's `shows` is, as it is written: by the asks of the row. */
function shownIn(file: string): ReadonlyMap<string, string> {
  const code = readFileSync(join(rows, file), 'utf8')
  const found = new Map<string, string>()
  for (const [node] of nodes(parseAst(code, { lang: 'ts' }))) {
    const { callee, arguments: given = [] } = node as typeof node & {
      readonly callee?: { readonly name?: string }
      readonly arguments?: readonly { readonly start: number; readonly end: number; readonly value?: unknown }[]
    }
    if (node.type !== 'CallExpression' || callee?.name !== 'must') continue
    const [, , asks, , shows] = given
    found.set(`${asks?.value}`, code.slice(shows?.start, shows?.end).replaceAll(/\s+/g, ' '))
  }
  return found
}

const codeSpan = (text: string): string => `\`\` ${text.replaceAll('|', '\\|')} \`\``

function page(
  { spec, title, file, rows: listed }: Musts,
  lines: ReadonlyMap<string, { file: string; line: string }>,
): string {
  const shown = shownIn(file)
  const body = listed.map(({ section, level, asks, guard, shows: _shows }) => {
    const where = [guard].flat().map((id) => {
      const at = lines.get(id)
      if (at === undefined) throw new Error(`no guard is called ${id}`)
      return `\`server/src/${at.file}\`: ${codeSpan(at.line)}`
    })
    return `| ${section} | ${level} | ${asks.replaceAll('|', '\\|')} | ${where.join('<br>')} | ${codeSpan(shown.get(asks) ?? '')} |`
  })
  return [
    `# ${title}: what must be`,
    '',
    `Each row is a sentence of ${spec}, in our own words, the line that obeys it, and the request that shows it. The requests are`,
    `run by \`server/test/musts/rows/${file}\`, with the line and without it (\`npm run mutants\`). The word is that of`,
    'RFC 2119; "says" where a sentence has none, "own" where it is a rule of this server that goes beyond. Made by `npm run docs:musts`.',
    '',
    '| § | word | asks | line | request |',
    '|---|---|---|---|---|',
    ...body,
    '',
  ].join('\n')
}

/** Every page, by its name below `docs/musts`. */
export function mustsPages(): ReadonlyMap<string, string> {
  const lines = new Map(allGuards().map(({ id, file, line }) => [id, { file, line }]))
  const pages = new Map(index.map((musts) => [`${musts.page}.md`, page(musts, lines)]))
  const list = index.map(
    ({ page: name, title, spec, rows: of }) => `| [${title}](${name}.md) | ${spec} | ${of.length} |`,
  )
  const guards = lines.size
  const readme = [
    '# The index of MUSTs',
    '',
    `What the specifications that this server keeps demand of it: each MUST with the line of the code that obeys it and a request`,
    `that shows it. \`npm run mutants\` takes each of the server's ${guards} guards away in turn, and each rule of the rule tables; one`,
    'whose absence no request notices fails the run, by its MUST. What no request of that run can show yet stands in',
    '`server/test/musts/untried.ts`, each with the reason, and with the test that holds it.',
    '',
    '| page | specification | rows |',
    '|---|---|---|',
    ...list,
    '',
  ].join('\n')
  return pages.set('README.md', readme)
}
