/** What a site puts into its pages, with its own key, ready to copy. */

import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { Button } from '../shell/Button'
import classes from './Snippet.module.css'

/** The tag for this installation and this site. */
export function snippetOf(siteKey: string, origin: string): string {
  return `<script src="${origin}/footpath.js"\n        data-site="${siteKey}"></script>`
}

export function Snippet({ siteKey }: { siteKey: string }) {
  const clipboard = useClipboard({ timeout: 1600 })
  const snippet = snippetOf(siteKey, window.location.origin)
  return (
    <div className={classes.snippet}>
      <pre>
        <code>{snippet}</code>
      </pre>
      <Button
        kind="primary"
        icon={clipboard.copied ? <IconCheck size={15} stroke={2} /> : <IconCopy size={15} stroke={1.6} />}
        onClick={() => clipboard.copy(snippet)}
      >
        {clipboard.copied ? 'Copied' : 'Copy snippet'}
      </Button>
    </div>
  )
}
