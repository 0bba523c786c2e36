/** The question whether a developer knows that people get other IDs at their app (OIDC Core §8.1). */
import { useWords } from '../../kit/words.tsx'

/** The field by which they say so. */
export const moveSubjects = 'move_subjects'

export function MoveSubjects() {
  const say = useWords().redirectUris
  return (
    <div class="field">
      <label class="line" for="move-subjects">
        <input id="move-subjects" type="checkbox" name={moveSubjects} value="yes" required />
        <span>{say.moveSubjects}</span>
      </label>
    </div>
  )
}
