/** What the operator and the console can do is an operation of the admin API, or is named here with the reason why not. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const source = fileURLToPath(new URL('../../src/', import.meta.url))

/** Every file of a folder, as text. */
function filesOf(folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(source, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(source, folder, name), 'utf8') }))
}

/** Names of exported functions that take who acts, or a plan of changes to be made by them. */
function actsIn(folder: string): readonly string[] {
  const declared = /^export (?:async )?function\*? (\w+)(?:<[^>]*>)?\(([\s\S]*?)\): /gm
  return filesOf(folder).flatMap(({ text }) =>
    [...text.matchAll(declared)].flatMap(([, name = '', parameters = '']) =>
      /\bby: Operator\b/.test(parameters) ? [name] : [],
    ),
  )
}

/** Names of values that files of a folder import from the operator's room. */
function usedBy(folder: string): ReadonlySet<string> {
  const imported = /import (?!type\b)\{([^}]*)\} from '[./]*engine\/operator\/[^']*'/g
  return new Set(
    filesOf(folder).flatMap(({ text }) =>
      [...text.matchAll(imported)].flatMap(([, names = '']) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !name.startsWith('type ')),
      ),
    ),
  )
}

/** Acts that no operation carries out. */
const actsElsewhere: Readonly<Record<string, string>> = {
  actorOf: 'tells how the audit log names who acts',
  operate: 'carries out an act, whichever it is',
  operateOn: 'carries out an act on an account, whichever it is',
  verifyApp: 'changeApp does it by the entry of the app in the document, with its owner and metadata',
  setUserPassword: 'nobody but its holder sets a password over the network (R51); mailResetLink mails them a link',
  makeResetLink: 'a reset link is printed on the machine alone (R51); mailResetLink mails it',
  removeSecondFactor: 'over the network the removal of a factor waits a day (R51): startFactorRemoval',
  addInitialToken: 'its text is printed once, on the machine; registerApp and apply register apps over the network',
  removeInitialToken: 'goes with addInitialToken',
  importFrom: 'people and apps of another server are read from files of the machine',
  noteBackup: 'a backup is written to a file of the machine',
  noteRestore: 'a backup is restored on the machine, while no server runs',
  resumeOutbound: 'whoever has restored a backup decides on the machine when it calls others again',
  acknowledgeLoss: 'whoever has restored a backup takes note of what was lost on the machine',
}

/** What the console reads or shows and the API does not need. */
const readElsewhere: Readonly<Record<string, string>> = {
  documentCommand: 'is a command to type',
  describeApp: 'getApp shows the whole document, with what waits beside it',
  listApps: 'listApps of the API shows whole documents, found by the same storage verb',
  planNames: 'listPlans shows the plans with their limits',
  listAudit: 'listAuditEvents takes IDs in place of what people type, and searches the same log',
  objectionTo: 'says beforehand what an act would refuse',
  may: 'is asked before every operation',
  roleOf: 'is asked before every operation',
  firstSteps: 'listChecks tells what is left to do; what waits is in listAccessRequests and listApps',
  verifyApp: 'changeApp does it by the entry of the app in the document',
}

const api = usedBy('api/admin')

describe('Every act of the operator', () => {
  const acts = actsIn('engine/operator')

  it('is found in the code', () => {
    for (const known of ['disableUser', 'approveApp', 'decideProtocol', 'rotateSigningKeys', 'executeApply']) {
      expect(acts).toContain(known)
    }
  })

  it('is an operation of the admin API, or named with the reason why not', () => {
    expect(acts.filter((name) => !api.has(name) && !Object.hasOwn(actsElsewhere, name))).toEqual([])
  })

  it('that is named is there, and no operation', () => {
    expect(Object.keys(actsElsewhere).filter((name) => !acts.includes(name) || api.has(name))).toEqual([])
  })
})

describe('All that the console takes from the operator’s room', () => {
  const console = usedBy('pages/admin')

  it('is taken by the admin API, or named with the reason why not', () => {
    expect(console.size).toBeGreaterThan(20)
    expect([...console].filter((name) => !api.has(name) && !Object.hasOwn(readElsewhere, name))).toEqual([])
  })

  it('that is named is used by the console', () => {
    expect(Object.keys(readElsewhere).filter((name) => !console.has(name))).toEqual([])
  })
})
