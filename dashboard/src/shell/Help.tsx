/** The keys, all of them, in a dialog of the browser's own. */

import { Fragment } from 'react'
import { Dialog } from './Dialog'
import classes from './Help.module.css'

const GROUPS: { title: string; keys: [string[], string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [['/'], 'Search'],
      [['g', 'o'], 'Overview'],
      [['g', 's'], 'Sessions'],
      [['g', 'j'], 'Journeys'],
      [['g', 'e'], 'Errors'],
      [['g', 'p'], 'Pages'],
      [['g', 'm'], 'Metrics'],
      [['?'], 'This help'],
    ],
  },
  {
    title: 'Sessions',
    keys: [
      [['j'], 'Next row'],
      [['k'], 'Previous row'],
      [['Enter'], 'Open the session'],
      [['o'], 'Open or close the row'],
      [['x'], 'Select the row'],
    ],
  },
  {
    title: 'The search',
    keys: [
      [['Enter'], 'Search'],
      [['Tab'], 'Complete'],
      [['Esc'], 'Take back what was written'],
      [['Delete'], 'Remove the part'],
    ],
  },
  {
    title: 'A session',
    keys: [
      [['j'], 'Next event'],
      [['k'], 'Previous event'],
      [['Enter'], 'Open or close the event'],
      [['e'], 'Next error'],
      [['f'], 'Find in the timeline'],
      [['['], 'Session before it in the list'],
      [[']'], 'Session after it in the list'],
      [['v'], 'View or close the replay'],
      [['Esc'], 'Back to the list'],
    ],
  },
  {
    title: 'A replay',
    keys: [
      [['Space'], 'Play or pause'],
      [['e'], 'Next error'],
      [['E'], 'Error before'],
      [['.'], 'Next event'],
      [[','], 'Event before'],
      [['→'], '5 seconds on'],
      [['←'], '5 seconds back'],
      [['>'], 'Faster'],
      [['<'], 'Slower'],
      [['i'], 'Inspect the page'],
      [['p'], 'Pick an element in the page'],
    ],
  },
]

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard">
      <div className={classes.groups}>
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([keys, meaning]) => (
                <div key={meaning}>
                  <dt>{meaning}</dt>
                  <dd>
                    {keys.map((key, index) => (
                      <Fragment key={key}>
                        {index > 0 && ' then '}
                        <kbd>{key}</kbd>
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
