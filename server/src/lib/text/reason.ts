/** Why something could not be done, in words for a person. */

/** What the system says of files and folders; Node would repeat it as "EEXIST: file exists, open '/backups/a'". */
const words: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission for it',
  EDQUOT: 'the disk quota of this user is used up',
  EEXIST: 'it is there already, and is not overwritten',
  EFBIG: 'the file would be too large',
  EIO: 'the disk reports a fault',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead nowhere',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no folder',
  ENOTEMPTY: 'the folder is not empty',
  EPERM: 'this user has no permission for it',
  EROFS: 'the file system can only be read',
}

/** Calls about connections, whose errors are left as they are: that is what people search for. */
const ofConnections: ReadonlySet<string> = new Set(['bind', 'connect', 'listen'])

/** What an error says, for the end of a sentence that names the file itself; without a full stop. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return ofFile(error) ?? error.message.replace(/\.$/, '')
}

/** What an error says as a sentence of its own; the file is named where the system names it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const said = ofFile(error)
  if (said === undefined) return error.message
  const { path } = error as NodeJS.ErrnoException
  return path === undefined ? said : `${path}: ${said}`
}

function ofFile({ code, syscall }: NodeJS.ErrnoException): string | undefined {
  return code === undefined || syscall === undefined || ofConnections.has(syscall) ? undefined : words[code]
}
