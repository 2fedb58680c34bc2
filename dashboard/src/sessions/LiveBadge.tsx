/** Says that a session can still grow. A word beside the dot, never colour alone. */

import { DEFINITION } from '../format/words'
import classes from './LiveBadge.module.css'

export function LiveBadge() {
  return (
    <span className={classes.badge} title={DEFINITION.live}>
      <span className={classes.dot} aria-hidden="true" />
      live
    </span>
  )
}
