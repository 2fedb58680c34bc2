/**
 * The script of the player's frame; see docs/adr/0022-a-replay-is-rebuilt-in-an-opaque-origin.md.
 *
 * It runs twice. First in the document that the server hands out with its policy: there it goes on to a `data:` document,
 * which takes the policy along and whose origin is opaque. Then in that document, where the page is rebuilt.
 */

import { enterOpaqueOrigin } from './enter'
import { startStage } from './start'

// Known only while the script is first run.
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : ''
if (window.origin === 'null') startStage(new URL(script).origin)
else enterOpaqueOrigin(script)
