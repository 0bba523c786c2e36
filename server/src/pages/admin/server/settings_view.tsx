/** The settings in force, each with where it comes from, and how long things are kept. */
import { retained, type retentionOf } from '../../../engine/operator/retention.ts'
import type { ShownSetting } from '../../../runtime/context.ts'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { ConsoleTable } from '../../kit/console/console_table.tsx'
import { Fact, Section, type Viewer } from '../../kit/layout.tsx'
import { Tag } from '../../kit/note.tsx'
import { useWords, view } from '../../kit/words.tsx'

export interface SettingsInForceProps {
  readonly viewer: Viewer
  readonly settings: readonly ShownSetting[]
  readonly retention: ReturnType<typeof retentionOf>
}

export const settingsInForce = view(({ viewer, settings, retention }: SettingsInForceProps) => {
  const { consoleSettings: say } = useWords()
  return (
    <ConsolePage title={say.title} heading={say.title} about={say.lead} viewer={viewer} here="settings">
      <Section id="retention" heading={say.retention} class="lines-short">
        <p class="muted">{say.retentionText}</p>
        <dl class="facts-list" id="kept">
          {retained.map((what) => (
            <Fact name={say.kept[what]} id={`kept-${what}`}>
              {say.days(retention[what])}
            </Fact>
          ))}
        </dl>
      </Section>
      <Section id="in-force" heading={say.inForce}>
        <ConsoleTable
          id="settings"
          caption={say.inForce}
          none={say.none}
          columns={[{ name: say.setting }, { name: say.value }, { name: say.from }]}
          rows={settings.map((setting) => ({
            data: { 'data-setting': setting.name, 'data-from': setting.from },
            cells: [
              <code class="small">{setting.name}</code>,
              <Value of={setting} />,
              setting.from === 'default' ? (
                <span class="muted">{say.sources.default}</span>
              ) : (
                <Tag>{say.sources[setting.from]}</Tag>
              ),
            ],
          }))}
        />
      </Section>
    </ConsolePage>
  )
})

function Value({ of: { value, secret } }: { of: ShownSetting }) {
  const { consoleSettings: say } = useWords()
  if (secret) return <span class="state good">{say.set}</span>
  if (value === null) return <span class="muted">{say.notSet}</span>
  return <code class="small">{value}</code>
}
