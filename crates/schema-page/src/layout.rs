//! Where each table stands in the diagram.
//!
//! Tables are boxes that never overlap, so no name is ever hidden; lines are drawn beneath them. Within a group, what
//! keys join stands in layers, parents to the left of their children (Sugiyama, Tagawa and Toda, 1981: cycles are cut,
//! longest paths give layers, barycentres the order in them); a layer that would be too tall is folded. Tables that
//! nothing joins stand in a grid. Groups are placed largest first, each where it makes the picture grow least and its
//! keys shortest. All of it is integers, so that every machine draws the same picture; it takes some 10 ms for 900
//! tables.

use schema_view::{Group, Table, View};
use std::collections::{BTreeMap, BTreeSet};

/// Height of a box's head, of each line below, and what is left free at its end; in units of the picture.
pub(crate) const HEAD: i32 = 26;
pub(crate) const LINE: i32 = 18;
pub(crate) const FOOT: i32 = 6;

/// Room between boxes: beside each other, where lines run, and below each other.
const BESIDE: i32 = 70;
const BELOW: i32 = 24;
/// Room around the boxes of a group, and its title's.
const MARGIN: i32 = 24;
const TITLE: i32 = 40;
/// Room between groups.
const BETWEEN: i32 = 60;

/// In larger schemas boxes have the columns of keys alone.
const WITH_ALL_COLUMNS: usize = 60;
/// The most lines of a box, by whether it has all columns.
const MOST_LINES: [usize; 2] = [8, 40];

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rect {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

impl Rect {
    fn right(self) -> i32 {
        self.x + self.width
    }

    fn bottom(self) -> i32 {
        self.y + self.height
    }

    fn area(self) -> i64 {
        i64::from(self.width) * i64::from(self.height)
    }

    /// Whether they overlap or are nearer than so much.
    fn is_near(self, other: Self, room: i32) -> bool {
        self.x < other.right() + room
            && other.x < self.right() + room
            && self.y < other.bottom() + room
            && other.y < self.bottom() + room
    }
}

/// The whole picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// A box for each table.
    pub(crate) tables: Vec<Rect>,
    /// Which columns each box has a line for, by position.
    pub(crate) lines: Vec<Vec<usize>>,
    /// A frame for each group; with a single group none is drawn.
    pub(crate) groups: Vec<Rect>,
}

/// Lays the groups of a schema out. A table that is in none has a size and no place.
pub(crate) fn layout(view: &View, groups: &[Group]) -> Layout {
    let count: usize = groups.iter().map(|group| group.tables.len()).sum();
    let is_small = count <= WITH_ALL_COLUMNS;
    let lines: Vec<Vec<usize>> = view
        .tables
        .iter()
        .map(|table| shown_columns(table, is_small))
        .collect();
    let mut tables: Vec<Rect> = view
        .tables
        .iter()
        .zip(&lines)
        .map(|(table, lines)| size(table, lines))
        .collect();
    let edges = edges(view);
    let mut frames: Vec<Rect> = groups
        .iter()
        .map(|group| lay_group(group, &edges, &mut tables))
        .collect();
    place_groups(groups, &edges, &mut frames, &mut tables);
    Layout {
        tables,
        lines,
        groups: frames,
    }
}

fn shown_columns(table: &Table, all: bool) -> Vec<usize> {
    let wanted = table.columns.iter().enumerate().filter(|(_, column)| {
        all || table.primary_key.contains(&column.name) || table.is_in_key(&column.name)
    });
    wanted
        .map(|(position, _)| position)
        .take(MOST_LINES[usize::from(all)])
        .collect()
}

/// The size of a box, from the lengths of its texts: wide letters count twice.
fn size(table: &Table, lines: &[usize]) -> Rect {
    let name = units(&table.name) * 8 + 28;
    let widest = lines
        .iter()
        .map(|line| {
            let column = &table.columns[*line];
            (units(&column.name) + units(&column.type_text).min(18)) * 7 + 52
        })
        .max()
        .unwrap_or(0);
    let rest = usize::from(lines.len() < table.columns.len());
    let count = i32::try_from(lines.len() + rest).unwrap_or(0);
    Rect {
        x: 0,
        y: 0,
        width: name.max(widest).clamp(110, 460),
        height: HEAD + count * LINE + FOOT,
    }
}

/// The width of a text in letters of the usual kind.
pub(crate) fn units(text: &str) -> i32 {
    text.chars()
        .map(|letter| if u32::from(letter) < 0x1100 { 1 } else { 2 })
        .sum()
}

/// For each table the tables that its keys go to, without itself, each once.
fn edges(view: &View) -> Vec<Vec<usize>> {
    view.tables
        .iter()
        .enumerate()
        .map(|(position, table)| {
            let targets = table.keys.iter().filter_map(|key| key.target);
            let targets: BTreeSet<usize> = targets.filter(|target| *target != position).collect();
            targets.into_iter().collect()
        })
        .collect()
}

/// Lays the tables of a group out from 0, 0, and gives its frame.
fn lay_group(group: &Group, edges: &[Vec<usize>], tables: &mut [Rect]) -> Rect {
    let mut blocks: Vec<(Vec<usize>, Rect)> = Vec::new();
    let mut alone = Vec::new();
    for component in components(&group.tables, edges) {
        if component.len() == 1 {
            alone.extend(component);
            continue;
        }
        let columns = layers(&component, edges, tables);
        let frame = stand(&columns, tables);
        blocks.push((component, frame));
    }
    if !alone.is_empty() {
        let frame = grid(&alone, tables);
        blocks.push((alone, frame));
    }
    // Shelves: tall blocks first, side by side until the shelf is as wide as the group should be.
    blocks.sort_by_key(|(members, frame)| (-frame.height, members[0]));
    let area: i64 = blocks.iter().map(|(_, frame)| frame.area()).sum();
    let widest = blocks
        .iter()
        .map(|(_, frame)| frame.width)
        .max()
        .unwrap_or(0);
    let shelf_width = root(area * 8 / 5).max(widest);
    let (mut x, mut y, mut shelf, mut width) = (0, 0, 0, 0);
    for (members, frame) in &blocks {
        if x > 0 && x + frame.width > shelf_width {
            x = 0;
            y += shelf + BELOW * 2;
            shelf = 0;
        }
        for member in members {
            tables[*member].x += x + MARGIN;
            tables[*member].y += y + TITLE;
        }
        x += frame.width + BESIDE;
        width = width.max(x - BESIDE);
        shelf = shelf.max(frame.height);
    }
    Rect {
        x: 0,
        y: 0,
        width: width + 2 * MARGIN,
        height: y + shelf + TITLE + MARGIN,
    }
}

/// The sets of tables that keys join within a group, in the order of their first tables.
fn components(members: &[usize], edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut of: BTreeMap<usize, usize> = members.iter().map(|one| (*one, *one)).collect();
    for member in members {
        for target in &edges[*member] {
            if of.contains_key(target) {
                let (one, other) = (top_of(&mut of, *member), top_of(&mut of, *target));
                of.insert(one.max(other), one.min(other));
            }
        }
    }
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for member in members {
        let top = top_of(&mut of, *member);
        found.entry(top).or_default().push(*member);
    }
    found.into_values().collect()
}

/// The first table of a set, which stands for it.
fn top_of(of: &mut BTreeMap<usize, usize>, one: usize) -> usize {
    let mut top = one;
    while of[&top] != top {
        top = of[&top];
    }
    of.insert(one, top);
    top
}

/// The columns of boxes in which a component stands.
fn layers(component: &[usize], edges: &[Vec<usize>], tables: &[Rect]) -> Vec<Vec<usize>> {
    let inside: BTreeMap<usize, usize> = component
        .iter()
        .enumerate()
        .map(|(at, table)| (*table, at))
        .collect();
    let parents: Vec<Vec<usize>> = component
        .iter()
        .map(|table| {
            let targets = edges[*table].iter();
            targets
                .filter_map(|target| inside.get(target).copied())
                .collect()
        })
        .collect();
    let mut children = vec![Vec::new(); component.len()];
    for (child, parents) in parents.iter().enumerate() {
        for parent in parents {
            children[*parent].push(child);
        }
    }
    let order = parents_first(&parents, &children);
    let mut rank = vec![0; component.len()];
    for (at, one) in order.iter().enumerate() {
        rank[*one] = at;
    }
    // A key that goes against the order is one that closes a cycle.
    let mut layer = vec![0_usize; component.len()];
    for one in &order {
        let above = parents[*one]
            .iter()
            .filter(|parent| rank[**parent] < rank[*one]);
        layer[*one] = above.map(|parent| layer[*parent] + 1).max().unwrap_or(0);
    }
    // A parent stands next to its nearest child.
    for one in order.iter().rev() {
        let below = children[*one]
            .iter()
            .filter(|child| rank[**child] > rank[*one]);
        if let Some(nearest) = below.map(|child| layer[*child]).min() {
            layer[*one] = layer[*one].max(nearest - 1);
        }
    }
    let deepest = layer.iter().copied().max().unwrap_or(0);
    let mut columns = vec![Vec::new(); deepest + 1];
    for one in &order {
        columns[layer[*one]].push(*one);
    }
    sort_by_barycentres(&mut columns, &parents, &children);
    fold(columns, component, tables)
}

/// All of a component, parents before children as far as there are no cycles.
fn parents_first(parents: &[Vec<usize>], children: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = parents.iter().map(Vec::len).collect();
    let mut left: BTreeSet<(usize, usize)> = waiting
        .iter()
        .enumerate()
        .map(|(one, count)| (*count, one))
        .collect();
    let mut order = Vec::with_capacity(parents.len());
    while let Some((_, one)) = left.pop_first() {
        order.push(one);
        for child in &children[one] {
            if left.remove(&(waiting[*child], *child)) {
                waiting[*child] -= 1;
                left.insert((waiting[*child], *child));
            }
        }
    }
    order
}

/// Puts each table beside the middle of its neighbours in the layers before and behind, a few times.
fn sort_by_barycentres(
    columns: &mut [Vec<usize>],
    parents: &[Vec<usize>],
    children: &[Vec<usize>],
) {
    const SCALE: usize = 1000;
    let mut place = vec![0_usize; parents.len()];
    let note = |column: &[usize], place: &mut [usize]| {
        for (at, one) in column.iter().enumerate() {
            place[*one] = (at * 2 + 1) * SCALE / (column.len() * 2);
        }
    };
    for column in columns.iter() {
        note(column, &mut place);
    }
    for sweep in 0..6 {
        let neighbours = if sweep % 2 == 0 { parents } else { children };
        let count = columns.len();
        for step in 0..count {
            let at = if sweep % 2 == 0 {
                step
            } else {
                count - 1 - step
            };
            let column = &mut columns[at];
            column.sort_by_key(|one| {
                let near = &neighbours[*one];
                let middle = if near.is_empty() {
                    place[*one]
                } else {
                    near.iter().map(|other| place[*other]).sum::<usize>() / near.len()
                };
                (middle, *one)
            });
            note(column, &mut place);
        }
    }
}

/// Folds layers that are taller than the component should be.
fn fold(columns: Vec<Vec<usize>>, component: &[usize], tables: &[Rect]) -> Vec<Vec<usize>> {
    let rect = |one: &usize| tables[component[*one]];
    let area: i64 = component
        .iter()
        .map(|table| {
            let rect = tables[*table];
            i64::from(rect.width + BESIDE) * i64::from(rect.height + BELOW)
        })
        .sum();
    let tallest = component
        .iter()
        .map(|table| tables[*table].height)
        .max()
        .unwrap_or(0);
    let height = root(area * 3 / 4).max(tallest).max(400);
    let mut folded = Vec::new();
    for column in columns {
        let total: i32 = column.iter().map(|one| rect(one).height + BELOW).sum();
        let parts = total.div_euclid(height.max(1)) + 1;
        let share = total / parts;
        let mut part = Vec::new();
        let mut filled = 0;
        for one in column {
            let own = tables[component[one]].height + BELOW;
            if !part.is_empty() && filled + own / 2 > share {
                folded.push(std::mem::take(&mut part));
                filled = 0;
            }
            part.push(component[one]);
            filled += own;
        }
        folded.push(part);
    }
    folded
}

/// Stands columns side by side from 0, 0, each in the middle, and gives their frame.
fn stand(columns: &[Vec<usize>], tables: &mut [Rect]) -> Rect {
    let height_of = |column: &[usize], tables: &[Rect]| -> i32 {
        let heights = column.iter().map(|table| tables[*table].height + BELOW);
        heights.sum::<i32>() - BELOW
    };
    let height = columns
        .iter()
        .map(|column| height_of(column, tables))
        .max()
        .unwrap_or(0);
    let mut x = 0;
    for column in columns {
        let mut y = (height - height_of(column, tables)) / 2;
        let mut width = 0;
        for table in column {
            let rect = &mut tables[*table];
            rect.x = x;
            rect.y = y;
            y += rect.height + BELOW;
            width = width.max(rect.width);
        }
        x += width + BESIDE;
    }
    Rect {
        x: 0,
        y: 0,
        width: x - BESIDE,
        height,
    }
}

/// Stands tables in a grid, as columns of about the same height.
fn grid(alone: &[usize], tables: &mut [Rect]) -> Rect {
    let area: i64 = alone
        .iter()
        .map(|table| {
            let rect = tables[*table];
            i64::from(rect.width + BESIDE / 2) * i64::from(rect.height + BELOW)
        })
        .sum();
    let height = root(area * 3 / 4);
    let mut columns: Vec<Vec<usize>> = Vec::new();
    let mut filled = i32::MAX;
    for table in alone {
        let own = tables[*table].height + BELOW;
        if filled > height.saturating_sub(own / 2) {
            columns.push(Vec::new());
            filled = 0;
        }
        if let Some(column) = columns.last_mut() {
            column.push(*table);
        }
        filled += own;
    }
    stand(&columns, tables)
}

/// Places the frames of groups, and moves their tables with them.
fn place_groups(groups: &[Group], edges: &[Vec<usize>], frames: &mut [Rect], tables: &mut [Rect]) {
    let mut of = vec![0; tables.len()];
    for (group, members) in groups.iter().enumerate() {
        for member in &members.tables {
            of[*member] = group;
        }
    }
    let mut weights: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    for (child, parents) in edges.iter().enumerate() {
        for parent in parents {
            let (one, other) = (of[child], of[*parent]);
            if one != other {
                *weights.entry((one.min(other), one.max(other))).or_default() += 1;
            }
        }
    }
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|group| (-frames[*group].area(), *group));
    let mut placed: Vec<(usize, Rect)> = Vec::new();
    for group in order {
        let own = frames[group];
        let found = candidates(&placed, own)
            .into_iter()
            .filter(|place| {
                !placed
                    .iter()
                    .any(|(_, other)| place.is_near(*other, BETWEEN - 1))
            })
            .min_by_key(|place| {
                let apart = distance(group, *place, &placed, &weights);
                (span(&placed, *place) * 4 + apart, place.y, place.x)
            })
            .unwrap_or(own);
        placed.push((group, found));
    }
    let left = placed.iter().map(|(_, rect)| rect.x).min().unwrap_or(0);
    let top = placed.iter().map(|(_, rect)| rect.y).min().unwrap_or(0);
    for (group, rect) in placed {
        let (x, y) = (rect.x - left, rect.y - top);
        frames[group].x = x;
        frames[group].y = y;
        for member in &groups[group].tables {
            tables[*member].x += x;
            tables[*member].y += y;
        }
    }
}

/// Places beside, above and below of all that is placed, at its corners.
fn candidates(placed: &[(usize, Rect)], own: Rect) -> Vec<Rect> {
    let mut places = Vec::new();
    for (_, other) in placed {
        let after = [other.right() + BETWEEN, other.bottom() + BETWEEN];
        let before = [
            other.x - own.width - BETWEEN,
            other.y - own.height - BETWEEN,
        ];
        let ends = [other.right() - own.width, other.bottom() - own.height];
        for (x, y) in [
            (after[0], other.y),
            (after[0], ends[1]),
            (other.x, after[1]),
            (ends[0], after[1]),
            (before[0], other.y),
            (before[0], ends[1]),
            (other.x, before[1]),
            (ends[0], before[1]),
            (after[0], after[1]),
        ] {
            places.push(Rect { x, y, ..own });
        }
    }
    if places.is_empty() {
        places.push(own);
    }
    places
}

/// How large the picture would be, wide ones preferred as screens are.
fn span(placed: &[(usize, Rect)], place: Rect) -> i64 {
    let rects = || placed.iter().map(|(_, rect)| *rect).chain([place]);
    let extent = |low: fn(Rect) -> i32, high: fn(Rect) -> i32| -> i64 {
        let least = rects().map(low).min().unwrap_or(0);
        let most = rects().map(high).max().unwrap_or(0);
        i64::from(most - least)
    };
    let width = extent(|rect| rect.x, Rect::right);
    let height = extent(|rect| rect.y, Rect::bottom);
    width.max(height * 8 / 5)
}

/// How far the group's keys would go, in the mean.
fn distance(
    group: usize,
    place: Rect,
    placed: &[(usize, Rect)],
    weights: &BTreeMap<(usize, usize), i64>,
) -> i64 {
    let middle = |rect: Rect| (rect.x + rect.width / 2, rect.y + rect.height / 2);
    let (x, y) = middle(place);
    let (mut sum, mut total) = (0, 0);
    for (other, rect) in placed {
        let key = (group.min(*other), group.max(*other));
        if let Some(weight) = weights.get(&key) {
            let (other_x, other_y) = middle(*rect);
            sum += weight * i64::from((x - other_x).abs() + (y - other_y).abs());
            total += weight;
        }
    }
    if total == 0 { 0 } else { sum / total }
}

/// The square root, rounded down.
fn root(area: i64) -> i32 {
    i32::try_from(area.max(0).isqrt()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema_view::{Column, Key, groups};

    /// A schema by a rule: so many tables, each with up to so many keys to earlier and later ones.
    fn view(tables: usize, keys: usize, seed: usize) -> View {
        let mut state = seed;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let mut view = View::default();
        for number in 0..tables {
            let mut table = Table {
                name: format!(
                    "{}_{number}",
                    ["order", "user", "製品", "log", "x"][number % 5]
                ),
                ..Table::default()
            };
            for column in 0..next(30) {
                table.columns.push(Column {
                    name: format!("column_{column}"),
                    type_text: "bigint".into(),
                    ..Column::default()
                });
            }
            for _ in 0..next(keys + 1) {
                // Half of all keys go to a hub.
                let hub = next(2) == 0;
                let target = if hub { next(3) } else { next(tables) };
                table.keys.push(Key {
                    columns: vec!["column_0".into()],
                    target: Some(target.min(tables - 1)),
                    ..Key::default()
                });
            }
            view.tables.push(table);
        }
        view
    }

    #[track_caller]
    fn check(view: &View) {
        let groups = groups(view);
        let layout = layout(view, &groups);
        let boxes = &layout.tables;
        for (at, one) in boxes.iter().enumerate() {
            for (other_at, other) in boxes.iter().enumerate().skip(at + 1) {
                assert!(
                    !one.is_near(*other, 10),
                    "{at} {one:?} meets {other_at} {other:?}"
                );
            }
        }
        for (at, one) in layout.groups.iter().enumerate() {
            assert!(one.x >= 0 && one.y >= 0, "{one:?}");
            for other in &layout.groups[at + 1..] {
                assert!(!one.is_near(*other, 10), "{one:?} meets {other:?}");
            }
            for table in &groups[at].tables {
                let inner = boxes[*table];
                assert!(
                    inner.x > one.x
                        && inner.y >= one.y + TITLE
                        && inner.right() < one.right()
                        && inner.bottom() < one.bottom(),
                    "{inner:?} leaves {one:?}"
                );
            }
        }
    }

    #[test]
    fn no_box_is_on_another() {
        for (tables, keys) in [
            (0, 0),
            (1, 0),
            (1, 3),
            (2, 2),
            (24, 0),
            (24, 4),
            (120, 3),
            (900, 2),
        ] {
            for seed in 0..3 {
                let view = if tables == 0 {
                    View::default()
                } else {
                    view(tables, keys, seed)
                };
                check(&view);
            }
        }
    }

    #[test]
    fn children_stand_to_the_right_of_their_parents() {
        let mut view = view(3, 0, 1);
        for (child, parent) in [(0, 1), (1, 2)] {
            view.tables[child].keys.push(Key {
                target: Some(parent),
                ..Key::default()
            });
        }
        let layout = layout(&view, &groups(&view));
        assert!(layout.tables[2].right() < layout.tables[1].x);
        assert!(layout.tables[1].right() < layout.tables[0].x);
    }

    #[test]
    fn the_picture_is_about_as_wide_as_a_screen() {
        let view = view(900, 2, 7);
        let layout = layout(&view, &groups(&view));
        let width = layout.groups.iter().map(|rect| rect.right()).max().unwrap();
        let height = layout
            .groups
            .iter()
            .map(|rect| rect.bottom())
            .max()
            .unwrap();
        assert!(width > height && width < height * 3, "{width} × {height}");
    }
}
