//! The tree of prefixes. Where they are too many to be counted at once ([`super::prefixes`]), it grows by a depth at a time, each a
//! pass over the rows that counts the next steps of its largest nodes; then one pass measures all nodes. So what is held is as much as is shown, and a step of a name or two for each node of one
//! depth, however many different paths there are.

use super::walk::{Open, Walk, open_columns};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::patterns::{place, step_times};
use crate::reports::scope::rows;
use crate::reports::tally::{Tally, whole};
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::journeys::{
    Journeys, MAX_NODES_OF_A_DEPTH, Node, Rest, path_number, step_number,
};
use footpath_model::steps::StepName;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// The nodes known so far.
#[derive(Clone, PartialEq, Debug)]
pub struct Tree {
    nodes: Vec<TreeNode>,
    /// The deepest nodes begin here.
    level: usize,
}

#[derive(Clone, PartialEq, Debug)]
struct TreeNode {
    parent: Option<usize>,
    /// Nothing of the root.
    name: Option<StepName>,
    depth: usize,
    /// Different next steps, those that are no nodes too.
    different: u64,
}

impl Tree {
    /// The root alone.
    pub fn root() -> Self {
        Self { nodes: vec![TreeNode { parent: None, name: None, depth: 0, different: 0 }], level: 0 }
    }

    /// The steps from the root to a node.
    fn steps(&self, mut node: usize) -> Vec<StepName> {
        let mut steps = Vec::new();
        while let TreeNode { parent: Some(parent), name: Some(name), .. } = &self.nodes[node] {
            steps.push(name.clone());
            node = *parent;
        }
        steps.reverse();
        steps
    }

    /// The deepest nodes, each with the number of its steps as a path.
    pub(super) fn deepest(&self) -> impl Iterator<Item = (usize, u64)> {
        let number = |node: usize| {
            let steps = self.steps(node).into_iter();
            steps.fold(0, |before, step| path_number(before, step_number(step.kind, &step.label)))
        };
        (self.level..self.nodes.len()).map(move |node| (node, number(node)))
    }

    /// Grows by the largest next steps of its deepest nodes; whether there are any.
    pub fn grow(&mut self, counts: Vec<NextStep>, breadth: usize) -> bool {
        let (level, depth) = (self.level, self.nodes[self.level].depth + 1);
        let mut by_parent = vec![Vec::new(); self.nodes.len() - level];
        counts.into_iter().for_each(|next| by_parent[next.parent - level].push(next));
        let mut kept = Vec::new();
        for (place, mut of_parent) in by_parent.into_iter().enumerate() {
            self.nodes[level + place].different = of_parent.len() as u64;
            of_parent.sort_unstable_by_key(|next| (Reverse(next.sessions), next.name.clone()));
            of_parent.truncate(breadth);
            kept.append(&mut of_parent);
        }
        kept.sort_by_key(|next| (Reverse(next.sessions), next.parent, next.name.clone()));
        kept.truncate(MAX_NODES_OF_A_DEPTH);
        kept.sort_by_key(|next| (next.parent, Reverse(next.sessions), next.name.clone()));
        self.level = self.nodes.len();
        let node = |next: NextStep| TreeNode {
            parent: Some(next.parent),
            name: Some(next.name),
            depth,
            different: 0,
        };
        self.nodes.extend(kept.into_iter().map(node));
        self.nodes.len() > self.level
    }
}

/// The tree over a batch's places: from node to node by a table.
struct Compiled {
    /// For each place its column in the table; 0 for names that no node has.
    column_of: Vec<u32>,
    width: usize,
    /// By node and column, the next node; 0 for none, since the root is nobody's.
    table: Vec<u32>,
}

impl Compiled {
    fn of(tree: &Tree, batch: &SessionBatch) -> Self {
        let mut column_of = vec![0; batch.steps().dictionary().len()];
        let mut known: FxHashMap<usize, u32> = FxHashMap::default();
        let mut width = 1;
        let mut edges = Vec::new();
        for (node, TreeNode { parent, name, .. }) in tree.nodes.iter().enumerate() {
            let (Some(parent), Some(name)) = (parent, name) else { continue };
            // A name that the batch has not is nowhere met.
            let Some(place) = place(batch, name) else { continue };
            let column = *known.entry(place).or_insert_with(|| {
                width += 1;
                width as u32 - 1
            });
            column_of[place] = column;
            edges.push((*parent, column, node as u32));
        }
        let mut table = vec![0; tree.nodes.len() * width];
        edges.into_iter().for_each(|(parent, column, node)| table[parent * width + column as usize] = node);
        Self { column_of, width, table }
    }

    /// The next node; nothing where the step leads to none.
    #[inline]
    fn next(&self, node: usize, place: u32) -> Option<usize> {
        let column = self.column_of[place as usize];
        let next = self.table[node * self.width + column as usize];
        (next != 0).then_some(next as usize)
    }
}

/// Sessions that go from a node to a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NextStep {
    pub(super) parent: usize,
    pub(super) name: StepName,
    pub(super) sessions: u64,
}

/// Counts the next steps of a tree's deepest nodes.
#[derive(Debug)]
pub struct NextSteps<'a> {
    /// What is asked.
    pub asked: &'a Journeys,
    /// The tree so far.
    pub tree: &'a Tree,
}

/// A table of next steps may have this many cells whatever the batch, and four for each row of it.
const CELLS: usize = 1 << 12;

impl Analysis for NextSteps<'_> {
    /// By node and step.
    type Partial = FxHashMap<(usize, StepCode), u64>;
    type Answer = Vec<NextStep>;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![SessionColumn::StepLabel]
    }

    fn empty(&self) -> Self::Partial {
        FxHashMap::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let level = self.tree.level;
        let depth = self.tree.nodes[level].depth;
        let mut walk = Walk::new(self.asked, batch, depth + 1);
        let compiled = Compiled::of(self.tree, batch);
        let width = batch.steps().dictionary().len();
        let mut each = |mut add: &mut dyn FnMut(usize, u32)| {
            for row in rows(selected) {
                if walk.walk(row) {
                    count(&walk, &compiled, depth, &mut add);
                }
            }
        };
        let code = |place: usize| batch.steps().dictionary()[place];
        let mut counts = FxHashMap::default();
        let n_nodes = self.tree.nodes.len() - level;
        if n_nodes * width <= CELLS.max(4 * selected.len()) {
            let mut table = vec![0_u32; n_nodes * width];
            each(&mut |node, place| table[(node - level) * width + place as usize] += 1);
            for (cell, sessions) in table.into_iter().enumerate().filter(|(_, sessions)| *sessions > 0) {
                counts.insert((level + cell / width, code(cell % width)), u64::from(sessions));
            }
        } else {
            let mut map = FxHashMap::<(usize, u32), u64>::default();
            each(&mut |node, place| *map.entry((node, place)).or_default() += 1);
            counts
                .extend(map.into_iter().map(|((node, at), sessions)| ((node, code(at as usize)), sessions)));
        }
        counts
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        fewer.into_iter().for_each(|(key, sessions)| *more.entry(key).or_default() += sessions);
        more
    }

    fn finish(&self, counts: Self::Partial, vocabulary: &Vocabulary) -> Vec<NextStep> {
        let names = vocabulary.names();
        let next = |((parent, code), sessions)| NextStep { parent, name: names.name(code).clone(), sessions };
        let mut steps: Vec<NextStep> = counts.into_iter().map(next).collect();
        steps.sort_unstable_by(|one, other| (one.parent, &one.name).cmp(&(other.parent, &other.name)));
        steps
    }
}

#[inline]
fn count(walk: &Walk<'_>, compiled: &Compiled, depth: usize, add: &mut dyn FnMut(usize, u32)) {
    let Some(next) = walk.path.get(depth) else { return };
    let mut node = 0;
    for stop in &walk.path[..depth] {
        match compiled.next(node, stop.place) {
            Some(child) => node = child,
            None => return,
        }
    }
    add(node, next.place);
}

/// What is measured of a node.
#[derive(Clone, Debug, Default)]
pub struct NodeCell {
    sessions: u64,
    repeats: u64,
    continued: u64,
    ended: u64,
    open: u64,
    /// Sessions that go on to no node.
    rest: u64,
    from_parent: Tally,
    /// To next steps that are no nodes: the others' times are those from their parent.
    to_rest: Tally,
}

/// Measures all nodes of a tree.
#[derive(Debug)]
pub struct NodeCells<'a> {
    /// What is asked.
    pub asked: &'a Journeys,
    /// The whole tree.
    pub tree: &'a Tree,
}

impl Analysis for NodeCells<'_> {
    type Partial = (u64, Vec<NodeCell>);
    /// Nodes, and all sessions.
    type Answer = (u64, Vec<Node>);

    fn columns(&self) -> Vec<SessionColumn> {
        [open_columns(self.asked), &[SessionColumn::StepLabel, SessionColumn::StepOffset]].concat()
    }

    fn empty(&self) -> Self::Partial {
        (0, vec![NodeCell::default(); self.tree.nodes.len()])
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        // One step more than the depth, to know whether there is one.
        let mut walk = Walk::new(self.asked, batch, self.asked.depth + 1);
        let open = Open::of(self.asked, batch);
        let compiled = Compiled::of(self.tree, batch);
        let times = step_times(batch);
        let took = |one: u32, other: u32| {
            whole(times[one as usize].saturating_sub(times[other as usize]).saturating_abs())
        };
        let (_, mut cells) = self.empty();
        for row in rows(selected) {
            if !walk.walk(row) {
                continue;
            }
            let path = &walk.path;
            let mut node = 0;
            cells[0].sessions += 1;
            cells[0].continued += 1;
            for (at, stop) in path.iter().take(self.asked.depth).enumerate() {
                let next = path.get(at + 1);
                let Some(child) = compiled.next(node, stop.place) else {
                    cells[node].rest += 1;
                    if at > 0 {
                        cells[node].to_rest.add(took(stop.first, path[at - 1].first));
                    }
                    break;
                };
                let cell = &mut cells[child];
                cell.sessions += 1;
                cell.repeats += u64::from(stop.times);
                if at > 0 {
                    cell.from_parent.add(took(stop.first, path[at - 1].first));
                }
                match next {
                    Some(next) => {
                        cell.continued += 1;
                        // Beyond the depth there are no nodes.
                        if at + 1 == self.asked.depth {
                            cell.to_rest.add(took(next.first, stop.first));
                        }
                    }
                    None if open.is_open(row) => cell.open += 1,
                    None => cell.ended += 1,
                }
                node = child;
            }
        }
        (selected.count_set_bits() as u64, cells)
    }

    fn merge(&self, (n, mut one): Self::Partial, (m, other): Self::Partial) -> Self::Partial {
        for (one, other) in one.iter_mut().zip(other) {
            one.sessions += other.sessions;
            one.repeats += other.repeats;
            one.continued += other.continued;
            one.ended += other.ended;
            one.open += other.open;
            one.rest += other.rest;
            one.from_parent.merge(other.from_parent);
            one.to_rest.merge(other.to_rest);
        }
        (n + m, one)
    }

    fn finish(&self, (out_of, cells): Self::Partial, _: &Vocabulary) -> Self::Answer {
        let mut to_next: Vec<Tally> = cells.iter().map(|cell| cell.to_rest.clone()).collect();
        let mut n_children = vec![0_u64; cells.len()];
        for (node, cell) in self.tree.nodes.iter().zip(&cells) {
            if let Some(parent) = node.parent {
                to_next[parent].merge(cell.from_parent.clone());
                n_children[parent] += 1;
            }
        }
        let node = |at: usize| {
            let (node, cell) = (&self.tree.nodes[at], &cells[at]);
            let rest =
                Rest { sessions: cell.rest, different: node.different - n_children[at].min(node.different) };
            Node {
                steps: self.tree.steps(at),
                parent: node.parent,
                sessions: cell.sessions,
                repeats: cell.repeats,
                continued: cell.continued,
                ended: cell.ended,
                open: cell.open,
                time_from_parent: cell.from_parent.timing(),
                time_to_next: to_next[at].timing(),
                rest: (rest.sessions > 0).then_some(rest),
            }
        };
        (out_of, (0..cells.len()).map(node).collect())
    }
}
