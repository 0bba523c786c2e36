/**
 * Carries out the steps of a Dockerfile where there is no engine for containers: each stage is a folder, and what stands in
 * the image's paths lies below it. RUN works as a user without rights. It knows the instructions that our Dockerfile uses,
 * and throws at every other.
 */
import { chownSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, matchesGlob, relative } from 'node:path'
import { run } from './tools.mjs'

/** The instructions of a Dockerfile, each with its words; continued lines are joined. */
export function readDockerfile(path) {
  const lines = readFileSync(path, 'utf8').replaceAll(/\\\n/g, ' ').split('\n')
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, rest] = /^(\S+)\s+(.*)$/.exec(line) ?? []
      if (name === undefined) throw new Error(`Not an instruction: ${line}`)
      return { name: name.toUpperCase(), rest }
    })
}

/** Whether a path of the context is left out, by the rules of Dockerfile.dockerignore: the last that fits decides. */
export function ignoredBy(path) {
  const rules = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ kept: line.startsWith('!'), pattern: line.replace(/^!/, '') }))
  const fits = (file, pattern) => matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`)
  return (file) => rules.findLast(({ pattern }) => fits(file, pattern))?.kept === false
}

/**
 * Builds all stages below `folder` and answers the last: its root folder, what it says of itself, and the places that COPY
 * gives to somebody (--chown). `context` is the folder
 * that COPY takes from, `user` ({ uid, gid } or {}) carries out RUN, with `env` around it.
 */
export async function buildImage({ dockerfile, context, ignored, folder, user, env }) {
  const stages = []
  let stage
  for (const { name, rest } of readDockerfile(dockerfile)) {
    if (name === 'FROM') {
      const [, base, alias] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? []
      stage = { base, alias, root: join(folder, `stage${stages.length}`), workdir: '/', env: {}, given: [] }
      stages.push(stage)
      mkdirSync(stage.root, { recursive: true })
    } else if (stage === undefined) throw new Error(`${name} before FROM`)
    else await step(stage, name, rest, { stages, context, ignored, user, env })
  }
  return stage
}

async function step(stage, name, rest, world) {
  if (name === 'WORKDIR') {
    stage.workdir = rest
    mkdirSync(join(stage.root, rest), { recursive: true })
  } else if (name === 'COPY') copy(stage, rest, world)
  else if (name === 'RUN') await runStep(stage, rest, world)
  else if (name === 'ENV') {
    const [, key, value] = /^(\w+)=(\S*)$/.exec(rest) ?? []
    stage.env[key] = value
  } else if (name === 'USER') stage.user = rest
  else if (name === 'VOLUME') stage.volume = rest
  else if (name === 'ENTRYPOINT' || name === 'CMD') stage[name.toLowerCase()] = JSON.parse(rest)
  else if (name === 'HEALTHCHECK') stage.healthcheck = JSON.parse(/\sCMD\s+(\[.*)$/.exec(rest)?.[1] ?? 'null')
  else if (name !== 'LABEL' && name !== 'EXPOSE')
    throw new Error(`This Dockerfile uses ${name}, which is not known here`)
}

async function runStep(stage, command, { user, env }) {
  own(stage.root, user)
  await run('/bin/sh', ['-e', '-c', command], {
    cwd: join(stage.root, stage.workdir),
    env: { ...env, ...stage.env },
    ...user,
  })
}

function copy(stage, rest, { stages, context, ignored }) {
  const words = rest.split(/\s+/)
  const options = words.filter((word) => word.startsWith('--'))
  const paths = words.filter((word) => !word.startsWith('--'))
  const from = options.find((word) => word.startsWith('--from='))?.slice('--from='.length)
  const target = paths.pop()
  const source = from === undefined ? context : stages.find(({ alias }) => alias === from)?.root
  if (source === undefined) throw new Error(`COPY --from=${from}: no such stage`)
  const to = target.startsWith('/') ? join(stage.root, target) : join(stage.root, stage.workdir, target)
  for (const path of paths) {
    const item = join(source, path)
    const place = target.endsWith('/') && !lstatSync(item).isDirectory() ? join(to, basename(item)) : to
    if (from === undefined) copyKept(item, place, (file) => !ignored(relative(context, file)))
    else cpSync(item, place, { recursive: true, verbatimSymlinks: true })
    const chown = options.find((word) => word.startsWith('--chown='))?.slice('--chown='.length)
    if (chown !== undefined) stage.given.push({ place, to: chown })
  }
}

/** Copies the files that are kept, with the folders that they lie in. */
function copyKept(from, to, keeps) {
  if (lstatSync(from).isDirectory()) {
    for (const entry of readdirSync(from)) copyKept(join(from, entry), join(to, entry), keeps)
  } else if (keeps(from)) {
    mkdirSync(dirname(to), { recursive: true })
    cpSync(from, to, { verbatimSymlinks: true })
  }
}

/** Gives a tree to a user. */
export function own(path, { uid, gid }) {
  if (uid === undefined) return
  const stat = lstatSync(path)
  if (!stat.isSymbolicLink()) chownSync(path, uid, gid)
  if (stat.isDirectory()) for (const entry of readdirSync(path)) own(join(path, entry), { uid, gid })
}
