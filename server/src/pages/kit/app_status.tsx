/** The state of an app, in one word wherever it is shown. */
import { Tag } from './note.tsx'

export function AppStatus(props: { status: 'pending' | 'enabled' | 'disabled' }) {
  if (props.status === 'pending') return <Tag kind="warn">In development</Tag>
  return props.status === 'disabled' ? <Tag kind="bad">Switched off</Tag> : <Tag kind="good">Live</Tag>
}
