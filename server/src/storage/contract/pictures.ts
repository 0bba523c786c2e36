/** Pictures of account holders, drawn anew by this server before they come here. */
import type { UserId } from '../../protocol/names.ts'

export interface Pictures {
  /** Stores the picture of an account, in place of the one that it had. `digest` names what is in it. */
  put(userId: UserId, picture: { readonly digest: string; readonly content: Buffer }): Promise<void>
  /** What is in the picture that is named so, whosever it is. */
  find(digest: string): Promise<Buffer | undefined>
  /** Deletes the picture of an account; false where it had none. */
  remove(userId: UserId): Promise<boolean>
}
