/** What is known of one node: attributes, box, computed styles, a selector to take along. */

import { useEffect, useState } from 'react'
import { Copyable } from '../../shell/Copyable'
import type { Box, NodeDetails } from '../messages'
import type { Player } from '../player'
import { usePlayerState } from '../usePlayer'
import classes from './Inspector.module.css'

export interface DetailsProps {
  player: Player
  selected: number | null
  onSelect: (node: number) => void
}

export function Details({ player, selected, onSelect }: DetailsProps) {
  const shown = usePlayerState(player, (state) => state.shown)
  const [details, setDetails] = useState<NodeDetails | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: read anew for each moment.
  useEffect(() => {
    if (selected === null) return setDetails(null)
    let isCurrent = true
    void player
      .link()
      ?.ask({ of: 'details', node: selected })
      .then((answer) => isCurrent && setDetails(answer))
      .catch(() => isCurrent && setDetails(null))
    return () => {
      isCurrent = false
    }
  }, [player, selected, shown])

  if (selected === null)
    return <p className={classes.nothing}>Choose an element in the tree, or pick one in the page.</p>
  if (!details) return <p className={classes.nothing}>This node is not in the page at this moment.</p>
  const { node, selector, box, styles, path } = details
  const parent = path.at(-2)
  return (
    <div className={classes.details}>
      {selector !== '' && (
        <section>
          <h3>Selector</h3>
          <Copyable value={selector} name="selector" />
        </section>
      )}
      {node.type === 'element' && (
        <section aria-label="Attributes">
          <h3>Attributes</h3>
          {node.attributes.length === 0 ? (
            <p className={classes.quiet}>None</p>
          ) : (
            <dl>
              {node.attributes.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          )}
        </section>
      )}
      {box && <BoxPart box={box} />}
      {styles.length > 0 && (
        <section aria-label="Computed styles">
          <h3>Computed styles</h3>
          <dl>
            {styles.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {parent !== undefined && (
        <button type="button" className={classes.link} onClick={() => onSelect(parent)}>
          To what it is in
        </button>
      )}
    </div>
  )
}

function BoxPart({ box }: { box: Box }) {
  const { x, y, width, height, margin, border, padding } = box
  const sides = ([top, right, bottom, left]: Box['margin']) =>
    top === right && right === bottom && bottom === left ? String(top) : `${top} ${right} ${bottom} ${left}`
  return (
    <section aria-label="Box">
      <h3>Box</h3>
      <dl>
        {(
          [
            ['size', `${width} × ${height}`],
            ['place', `${x}, ${y}`],
            ['margin', sides(margin)],
            ['border', sides(border)],
            ['padding', sides(padding)],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
