//! How long the window waits for acts of a long record.

use std::path::Path;
use std::time::Instant;

use anyhow::bail;
use audio_housekeeper::domain::{ActFilter, AuditAction, DoctorName, OutcomeGroup, Period};
use audio_housekeeper::store::Store;

use crate::{RUNS, fill, median};

/// How many acts the window asks for at once.
const PAGE: usize = 201;

/// Fills a record and asks for acts of it in each way.
#[allow(clippy::print_stdout, reason = "figures are what this is for")]
pub async fn acts(folder: &Path, count: u64) -> anyhow::Result<()> {
    let folder = folder.join("acts");
    drop(Store::open(&folder)?);
    drop(fill(&folder, count)?);
    let store = Store::open(&folder)?;
    println!("{count} acts");
    let begun = Instant::now();
    // The first question takes in what was recorded before.
    store.acts(ActFilter::default(), None, PAGE).await?;
    println!("put together: {:.1} s", begun.elapsed().as_secs_f64());
    let all = ActFilter::default;
    let text = |words: &str| ActFilter {
        text: words.to_owned(),
        ..all()
    };
    let since = |period| ActFilter { period, ..all() };
    let questions = [
        ("the first page", all(), None),
        ("a page in the middle", all(), Some(count / 2)),
        (
            "one of 100 doctors",
            ActFilter {
                doctor: DoctorName::parse("Dr. 7").ok(),
                ..all()
            },
            None,
        ),
        (
            "one of ten people",
            ActFilter {
                who: Some("Desk 3".to_owned()),
                ..all()
            },
            None,
        ),
        (
            "one outcome of a thousand",
            ActFilter {
                outcome: Some(OutcomeGroup::NeedsALook),
                ..all()
            },
            None,
        ),
        (
            "an action that all have",
            ActFilter {
                action: Some(AuditAction::Check),
                ..all()
            },
            None,
        ),
        (
            "an action that none has",
            ActFilter {
                action: Some(AuditAction::DeleteAll),
                ..all()
            },
            None,
        ),
        ("today", since(Period::Today), None),
        ("30 days", since(Period::ThirtyDays), None),
        (
            "a doctor, a person and 30 days",
            ActFilter {
                doctor: DoctorName::parse("Dr. 3").ok(),
                who: Some("Desk 3".to_owned()),
                ..since(Period::ThirtyDays)
            },
            None,
        ),
        ("words of a tenth of all", text("desk 3"), None),
        ("words that stand nowhere", text("nowhere"), None),
    ];
    for (what, filter, before) in questions {
        let (mut times, mut found) = (Vec::new(), 0);
        for _ in 0..RUNS {
            let begun = Instant::now();
            let page = store.acts(filter.clone(), before, PAGE).await?;
            times.push(begun.elapsed());
            found = page.len();
        }
        let milliseconds = median(times).as_secs_f64() * 1000.0;
        println!("{what}: {milliseconds:.1} ms for {found}");
    }
    let begun = Instant::now();
    let choices = store.act_choices().await?;
    let milliseconds = begun.elapsed().as_secs_f64() * 1000.0;
    let found = choices.doctors.len() + choices.people.len();
    println!("whom they can be chosen by: {milliseconds:.1} ms for {found}");
    let begun = Instant::now();
    if !store.check_record(Vec::new()).await?.is_whole() {
        bail!("the record is not whole");
    }
    println!(
        "check of the record: {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}
