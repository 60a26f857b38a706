//! `relook queue` and `relook filters`: which boxes, and in which order.

use relook_domain::ReviewState;
use relook_engine::{
    EngineError, Project,
    view::{BoxFilter, QueueOrder, QueuePage, SavedFilter},
};

use super::text;
use crate::{
    args::{FilterArgs, FiltersCommand, ListArgs, Order},
    report::data,
};

pub fn queue(
    project: &Project,
    saved: Option<&str>,
    list: &ListArgs,
    offset: u64,
    limit: u64,
    json: bool,
) -> Result<(), EngineError> {
    let saved = saved.map(|name| named(project, name)).transpose()?;
    let (filter, order) = listed(project, list, saved)?;
    let mut page = QueuePage { total: 0, more: false, items: Vec::new() };
    // The engine gives a page at a time.
    loop {
        let got = page.items.len() as u64;
        let more = project.boxes(&filter, order, offset + got, limit - got)?;
        let over = more.items.is_empty();
        (page.total, page.more) = (more.total, more.more);
        page.items.extend(more.items);
        if over || page.items.len() as u64 >= limit {
            break;
        }
    }
    let labels = project.view()?.labels;
    data(json, &page, |page| text::queue(page, &labels, filter == BoxFilter::waiting()))
}

pub fn filters(project: &Project, command: Option<&FiltersCommand>, json: bool) -> Result<(), EngineError> {
    let all = match command {
        None => project.saved_filters()?,
        Some(FiltersCommand::Save { name, list }) => {
            let (filter, order) = listed(project, list, None)?;
            project.save_filter(SavedFilter { name: name.clone(), filter, order })?
        }
        Some(FiltersCommand::Delete { name }) => project.delete_filter(name)?,
    };
    let labels = project.view()?.labels;
    data(json, &all, |all| text::filters(all, &labels))
}

fn named(project: &Project, name: &str) -> Result<SavedFilter, EngineError> {
    let all = project.saved_filters()?;
    let names: Vec<_> = all.iter().map(|f| f.name.clone()).collect();
    all.into_iter().find(|f| f.name == name).ok_or_else(|| {
        let known = if names.is_empty() { "none".into() } else { names.join(", ") };
        EngineError::NotFound(format!("There is no saved filter {name:?}; saved are: {known}"))
    })
}

/// Conditions and order of a list: a saved filter's, else what waits, changed by the conditions given.
fn listed(
    project: &Project,
    list: &ListArgs,
    saved: Option<SavedFilter>,
) -> Result<(BoxFilter, QueueOrder), EngineError> {
    let given = &list.conditions;
    let (begin, order) = match saved {
        Some(saved) => (saved.filter, saved.order),
        None if list.all || !given.state.is_empty() => (BoxFilter::default(), QueueOrder::default()),
        None if !given.standing.is_empty() => {
            (BoxFilter { states: vec![ReviewState::Pending], ..BoxFilter::default() }, QueueOrder::default())
        }
        None => (BoxFilter::waiting(), QueueOrder::default()),
    };
    let begin = if list.all { BoxFilter { states: vec![], standings: vec![], ..begin } } else { begin };
    Ok((filter(project, given, begin)?, list.order.map_or(order, queue_order)))
}

/// `begin` with the conditions that are given in the place of its own.
pub fn filter(project: &Project, given: &FilterArgs, begin: BoxFilter) -> Result<BoxFilter, EngineError> {
    fn or<T: Clone>(given: &[T], begin: Vec<T>) -> Vec<T> {
        if given.is_empty() { begin } else { given.to_vec() }
    }
    let labels: Vec<_> = given.label.iter().map(|name| project.label(name)).collect::<Result<_, _>>()?;
    let image = given.image.as_deref().map(|path| project.image_at(path)).transpose()?;
    Ok(BoxFilter {
        labels: or(&labels, begin.labels),
        states: or(&given.state, begin.states),
        standings: or(&given.standing, begin.standings),
        verdicts: or(&given.verdict, begin.verdicts),
        origins: or(&given.origin, begin.origins),
        shapes: or(&given.shape, begin.shapes),
        at_least: given.at_least.or(begin.at_least),
        below: given.below.or(begin.below),
        path: given.path.clone().unwrap_or(begin.path),
        image: image.map(|view| view.image.id).or(begin.image),
        disagreement: given.disagreement.or(begin.disagreement),
    })
}

fn queue_order(order: Order) -> QueueOrder {
    match order {
        Order::MostDoubtful => QueueOrder::MostDoubtful,
        Order::DisagreementsFirst => QueueOrder::DisagreementsFirst,
        Order::ByImage => QueueOrder::ByImage,
        Order::ByLabel => QueueOrder::ByLabel,
        Order::Similar => QueueOrder::Similar,
    }
}
