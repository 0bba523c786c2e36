/**
 * Wording. Every text that anybody reads is plain English, in the words of the house. Phrases that were found to read as if
 * translated stay out: of pages, causes, repairs, command line, settings errors and documents.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What is not said, and what is said instead. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/whose it is: username/, 'See your account details'],
  [/\bit learns an id that stands for you/i, 'It gets an ID for you'],
  [/until you take it back/, 'until you remove the app'],
  [/\bin your name\b/, 'on your behalf'],
  [/you allow you can take back/, 'You can remove access at any time'],
  [/nobody here has checked/, 'This app has not been reviewed.'],
  [/There is no such page|what stood here is gone/, 'Page not found.'],
  [/To the start page/, 'Go to the home page'],
  [/This request cannot go on/, 'Something is wrong with this link'],
  [/That did not match\. Please/, 'Wrong username or password.'],
  [/needs? another look/, 'Please fix one problem below.'],
  [/among the first that are tried/, 'This password is too common. Choose another.'],
  [/You can sign in with it, too/, 'You can also sign in with your username.'],
  [/strong and easy to keep/, 'strong and easy to remember'],
  [/Its start printed a link/, 'The server printed a one-time setup link when it started.'],
  [/\bMind:/, 'Note: or Warning:'],
  [/We cannot answer just now/, 'We are temporarily unavailable'],
  [/made no sense to us/, 'We could not understand that request'],
  [/This form could not be taken/, 'This form has expired'],
  [/If you do not know one of them/, 'If you do not recognise one, sign it out'],
  [/Each place at which a connected app/, 'Each device where an app is connected to your account.'],
  [/has to ask you again/, 'will have to ask for your permission again'],
  [/What may use your account/, 'Apps that can access your account.'],
  [/what was only a sign-in ends/, 'apps you only signed in to are signed out'],
  [/On a computer that others use/, 'If you share this computer, close the browser too.'],
  [/it opens through a provider only/, 'You sign in with … only.'],
  [/You signed in a while ago/, 'For your security, please sign in again to make changes here.'],
  [/to see here why a request of it was refused/, 'If a request fails, this page shows why.'],
  [/needs one of your subscription keys/, 'need a subscription key'],
  [/People read it when they are asked/, 'Shown to people when they are asked to allow the app.'],
  [/compared to the letter|to the letter\b/, 'must match exactly'],
  [/a slash too many/, 'including a trailing slash'],
  [/What it may ask for, in the words/, 'Permissions it may request (as people will see them)'],
  [/it proves itself by PKCE/, 'it uses PKCE'],
  [/is not a whole address/, 'is not a full URL'],
  [/keep only its digest/, 'store only a hash of it'],
  [/I have copied it/, 'Done, I’ve saved it'],
  [/last one that works cannot be removed/, 'You cannot remove the last active secret.'],
  [/can be changed over/, 'so you can update every instance of your app'],
  [/\bgo(?:es)? on working\b/, 'still works, works until'],
  [/\bworks? no more\b/, 'no longer works'],
  [/Somebody has it who should not/, 'It has leaked.'],
  [/>\s*(?:Save the name|Add it|Create the key|Keep it)\s*</, 'Save, Add, Create key, Cancel'],
  [/Rules that it is let off|is let off a rule/, 'Relaxed security rules'],
  [/\bmay come in\b/, 'may connect'],
  [/Empty is what is usual/, 'Default 30 seconds'],
  [/\bis the letter of\b/, 'follows the old specification strictly'],
  [/\b(?:is|are|not) found out\b/, 'is detected'],
  [/Nobody proved to be/, 'Not authenticated: anyone could have sent this request with your client ID.'],
  [/not registered, character by character/, 'This redirect URI is not registered. It must match exactly.'],
  [/They part at character/, 'First difference at character'],
  [/is none that this server|none that this server/, 'This server did not issue this'],
  [/was none of those|was none of the/, 'Wrong client secret.'],
  [/code had been exchanged/, 'This code was already exchanged'],
  [/The person left the sign-in page with/, 'The person cancelled at sign-in.'],
  [/This endpoint is posted to/, 'Use POST for this endpoint.'],
  [/(?:app|client) is not known here/, 'Unknown client_id.'],
  [/is no setting/, 'Unknown setting'],
  [/is no section/, 'Unknown section'],
  [/there is no (?:client|account|user) \$\{/, 'No client …'],
  [/to repair, named above/, '1 problem found (see above)'],
  [/gets? no security repairs/, 'has had no security fixes since'],
  [/See that it runs/, 'Check that PostgreSQL is running'],
  [/may do here besides/, 'extra roles'],
  [/app of a phone or desktop/, 'phone or desktop app'],
  [/bring the server in line/, 'apply a JSON configuration to the server'],
  [/connection that listens for changes broke/, 'lost the LISTEN connection to PostgreSQL'],
  [/\bolder doors?\b|\bolder clients?\b|\bthe doors?\b|\bdoors\b/i, 'legacy protocol, legacy clients'],
  [/\bWho (?:steals|can read)\b/, 'Whoever steals, Anyone who can read'],
  [/\bNot yet: /, 'Not built yet:'],
  [/\bas good as not\b|\bof its own accord\b|\bis none of\b/, 'plain words'],
  [/\bswitched off\b.*\bwaits\b/, 'one word for one state'],
]

/** The texts of a source file that can reach a reader: strings and templates and JSX text, not comments or types. */
function textsOf(path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8')
  if (path.endsWith('.md')) return text.split(/\n\s*\n/).map((part) => part.replace(/\s+/g, ' '))
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return
    const node = value as { readonly type?: string; readonly value?: unknown }
    if ((node.type === 'Literal' || node.type === 'JSXText') && typeof node.value === 'string') found.push(node.value)
    if (node.type === 'TemplateElement') found.push(String((node.value as { readonly cooked?: string }).cooked))
    if (node.type !== 'ImportDeclaration') for (const member of Object.values(value)) visit(member)
  }
  visit(parseAst(text, { lang: path.endsWith('x') ? 'tsx' : path.endsWith('.ts') ? 'ts' : 'js' }))
  return found.map((part) => part.replace(/\s+/g, ' '))
}

function filesBelow(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
}

describe('words', () => {
  const files = [
    ...filesBelow('server/src', /\.tsx?$/),
    ...filesBelow('examples', /\.mjs$/),
    ...filesBelow('docs', /\.md$/),
    'README.md',
    'SECURITY.md',
    'CHANGELOG.md',
  ]

  const texts = files.map((path) => [path, textsOf(path)] as const)

  test('are read from every place that people read', () => {
    expect(files.length).toBeGreaterThan(200)
  })

  test('what is wrong with a form has its sentences in words/, not where it is judged', () => {
    const judges = /^server\/src\/(?:engine\/(?:account|developer)\/|protocol\/(?:\w*names?|redirect_uri)\.ts)/
    const judging = texts.filter(([path]) => judges.test(path))
    expect(judging.length).toBeGreaterThan(20)
    const sentences = judging.flatMap(([path, found]) =>
      found.filter((text) => /^[A-Z].* .*[.?]$/.test(text.trim())).map((text) => `${path}: ${text}`),
    )
    expect(sentences).toEqual([])
  })

  test.each(refused)('%s is not said: %s', (pattern) => {
    const said = texts.flatMap(([path, found]) =>
      found.filter((text) => pattern.test(text)).map((text) => `${path}: ${text.slice(0, 120)}`),
    )
    expect(said).toEqual([])
  })
})
