/** Answers what the DOM inspector asks of the page that is on the stage. Only what was recorded has an id, and is told. */

import type { Answers, Question } from '../../messages'
import type { Holdings } from '../holdings'
import type { Stage } from '../stage'
import { changesBetween } from './changes'
import { detailsOf } from './details'
import { takePicture } from './picture'
import { childrenOf, pathTo, search, treeNode } from './tree'

export interface Inspector {
  answer(question: Question): Promise<Answers[Question['of']]>
}

export function createInspector({ stage, holdings }: { stage: Stage; holdings: Holdings }): Inspector {
  return {
    async answer(question) {
      switch (question.of) {
        case 'node': {
          const node = question.node === null ? stage.document() : stage.node(question.node)
          return node && stage.idOf(node) > 0 ? treeNode(stage, node) : null
        }
        case 'children': {
          const node = stage.node(question.node)
          return node ? childrenOf(stage, node) : []
        }
        case 'details':
          return detailsOf(stage, question.node)
        case 'search':
          return search(stage, question.text)
        case 'path': {
          const node = stage.node(question.node)
          return node ? pathTo(stage, node) : []
        }
        case 'changes':
          return changesBetween({ stage, holdings, from: question.from, to: question.to })
        case 'picture':
          return takePicture(stage)
      }
    },
  }
}
