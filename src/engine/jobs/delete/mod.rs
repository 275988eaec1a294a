//! Deleting: backup, wait, a last look, the intent on disk, one DELETE, and what was seen after.

pub mod grace_period;
pub mod verify_gone;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::api::{ApiError, Deletion, DeletionOfAll};
use crate::domain::{
    AudioFormat, AuditAction, AuditBackup, AuditDraft, AuditOutcome, Backup, BackupComparison,
    BackupHealth, Confirmation, CopyComparison, DeletionChoice, DeletionPlan, DeletionScope,
    DeletionSurvey, DoctorName, DoctorTally, Failure, FailureKind, OperationId, Remark, ServerCopy,
    Unfit,
};
use crate::engine::backups;
use crate::engine::backups::health_of;
use crate::engine::cancellation::EndedBy;
use crate::engine::clock::Watch;
use crate::engine::credentials::SignIn;
use crate::engine::facts::answer_of;
use crate::engine::jobs::check::check;
use crate::engine::jobs::compare::compare_and_look;
use crate::engine::jobs::delete::grace_period::{
    Announced, Announcement, NotSent, Waited, announce, because, begin_waiting, say_not_sent, wait,
};
use crate::engine::jobs::delete::verify_gone::{Answer, conclude, conclude_all};
use crate::engine::jobs::download::fetch;
use crate::engine::operation::new_operation;
use crate::engine::ticket::{Caller, JobTicket};
use crate::engine::workspace::Workspace;
use crate::engine::{DeletionReport, Destination, Event, JobEnding, JobProgress};
use crate::store::WaitingDelete;
use crate::transfer::{FirstVolume, ReadFrom};

/// The record's words where the connection was given up: it may have been sent before.
const CUT_BY_A_SLEEP: &str =
    "given up, as the computer slept or its clock was changed; whether it arrived is not known";

/// Looks at the server and at the backup, for the question that a person answers.
pub async fn survey(workspace: Arc<Workspace>, doctor: DoctorName) {
    let server = check(&workspace, &doctor, Caller::task(&workspace.cancel)).await;
    let checked_at = Timestamp::now();
    let backup = match (&server, workspace.known(&doctor).await) {
        (Ok(Some(copy)), Ok(known)) => known.compare_backup(copy),
        _ => BackupComparison::None,
    };
    workspace.tell(Event::Surveyed(Box::new(DeletionSurvey {
        doctor,
        server,
        checked_at,
        backup,
    })));
}

/// Carries out a confirmed deletion.
pub async fn delete(workspace: Arc<Workspace>, plan: DeletionPlan, ticket: JobTicket) -> JobEnding {
    let operation = ticket.operation.clone();
    let watch = workspace.resources.clock.watch();
    let act = Act {
        workspace: &workspace,
        plan: &plan,
        operation: operation.clone(),
        ticket: &ticket,
        watch: &watch,
    };
    let work = async {
        match plan.confirmation() {
            Confirmation::Doctor { survey, choice, .. } => {
                let doctor = survey.doctor.clone();
                let (report, backup) = act.delete_one(survey, choice).await;
                let backup = backup.map(|backup| backup.path);
                JobEnding::Delete {
                    doctor,
                    operation,
                    report,
                    backup,
                }
            }
            Confirmation::Everything { tally, .. } => {
                let report = act.delete_all(tally).await;
                JobEnding::DeleteAll { operation, report }
            }
        }
    };
    tokio::select! {
        ending = work => ending,
        never = watch.keep(|| ticket.cancellation.cancel(EndedBy::Sleep)) => match never {},
    }
}

/// One deletion, from its confirmation to what was seen after it.
struct Act<'a> {
    workspace: &'a Arc<Workspace>,
    plan: &'a DeletionPlan,
    operation: OperationId,
    ticket: &'a JobTicket,
    watch: &'a Watch,
}

impl Act<'_> {
    /// An entry of the record, in the name of the person who confirmed it.
    fn draft(&self, outcome: AuditOutcome) -> AuditDraft {
        let (action, doctor) = match self.plan.scope() {
            DeletionScope::Doctor(doctor) => (AuditAction::Delete, Some(doctor)),
            DeletionScope::Everything => (AuditAction::DeleteAll, None),
        };
        let operation = self.operation.clone();
        let mut draft = self.workspace.draft(action, outcome, operation);
        draft.doctor = doctor;
        draft.who.person = self.ticket.asked_by.person();
        draft.reason = self
            .plan
            .reason()
            .map(|reason| reason.record_text().to_owned());
        draft
    }

    /// Says that nothing was sent, and why.
    async fn not_sent(&self, why: NotSent) -> DeletionReport {
        let failed = self.draft(AuditOutcome::Failed);
        say_not_sent(self.workspace, failed, why, self.ticket, self.watch).await
    }

    async fn delete_one(
        &self,
        survey: &DeletionSurvey,
        choice: &DeletionChoice,
    ) -> (DeletionReport, Option<Backup>) {
        let (workspace, ticket, doctor) = (self.workspace, self.ticket, &survey.doctor);
        let waiting = match self.begin_waiting(Some(doctor)).await {
            Ok(waiting) => waiting,
            Err(report) => return (report, None),
        };
        let (backup, read_back) = match backup_for(workspace, survey, choice, ticket).await {
            Ok(Some((backup, read_back))) => (Some(backup), Some(Mutex::new(read_back))),
            Ok(None) => (None, None),
            Err(not_sent) => return (self.not_sent(not_sent).await, None),
        };
        let relied_on = backup.as_ref().zip(read_back.as_ref());
        let look = |sign_in: Arc<SignIn>| {
            async move {
                if let Some((backup, read_back)) = relied_on {
                    read_back_in(workspace, doctor, backup, read_back, sign_in, ticket).await?;
                }
                let backup = relied_on.map(|(backup, _)| backup);
                last_look(workspace, survey, choice, backup, ticket).await
            }
            .boxed()
        };
        let intent = |plan| {
            let mut intent = self.draft(AuditOutcome::Intended);
            intent.plan = Some(plan);
            if let Some((backup, read_back)) = relied_on {
                let read_back = read_back.lock().unwrap_or_else(PoisonError::into_inner);
                intent.note = Some(said_of_reading(read_back.from).to_owned());
                intent.backup = Some(AuditBackup {
                    path: backup.path.to_string_lossy().into_owned(),
                    size: backup.size,
                    sha256: backup.sha256,
                });
            }
            intent
        };
        let of = workspace.resources.waits.one;
        let sign_in = match self.until_it_may_go(waiting, of, &look, &intent).await {
            Ok(sign_in) => sign_in,
            Err(NotGone::Said(report)) => return (report, backup),
            Err(NotGone::Because(not_sent)) => {
                let is_kept = !not_sent.is_about_the_backup();
                let report = self.not_sent(not_sent).await;
                return (report, backup.filter(|_| is_kept));
            }
        };
        workspace.delete_goes_out(Some(doctor));
        let sent = self.watch.unless_time_jumps(sign_in.api.delete(doctor));
        let (answer, failure) = match sent.await {
            Some(Ok(Deletion::Accepted)) => ("200".to_owned(), None),
            Some(Ok(Deletion::NothingThere)) => ("404".to_owned(), None),
            Some(Err(error)) => said_of(workspace, error, &sign_in),
            None => (CUT_BY_A_SLEEP.to_owned(), None),
        };
        let answer_of_it = Answer {
            accepted: matches!(&answer[..], "200" | "404") && failure.is_none(),
            failure,
        };
        let mut answered = self.draft(AuditOutcome::Answered);
        answered.answer = Some(answer);
        workspace.record(answered, Vec::new()).await;
        ticket.report(JobProgress::Verifying);
        let seen = self.draft(AuditOutcome::NotKnown);
        let report = conclude(workspace, doctor, seen, answer_of_it, Some(ticket)).await;
        (report, backup)
    }

    async fn delete_all(&self, tally: &DoctorTally) -> DeletionReport {
        let (workspace, ticket) = (self.workspace, self.ticket);
        let waiting = match self.begin_waiting(None).await {
            Ok(waiting) => waiting,
            Err(report) => return report,
        };
        // Nothing is looked at before, so nothing is old after a hold.
        let look = |_sign_in: Arc<SignIn>| std::future::ready(Ok(plan_of_all(tally))).boxed();
        let intent = |plan| {
            let mut intent = self.draft(AuditOutcome::Intended);
            intent.plan = Some(plan);
            intent
        };
        let of = workspace.resources.waits.all;
        let sign_in = match self.until_it_may_go(waiting, of, &look, &intent).await {
            Ok(sign_in) => sign_in,
            Err(NotGone::Said(report)) => return report,
            Err(NotGone::Because(not_sent)) => return self.not_sent(not_sent).await,
        };
        workspace.delete_goes_out(None);
        let sent = self.watch.unless_time_jumps(sign_in.api.delete_all());
        let (answer, failure) = match sent.await {
            Some(Ok(DeletionOfAll::Accepted)) => ("200".to_owned(), None),
            Some(Ok(DeletionOfAll::Failed)) => {
                let mut failure = Failure::new(FailureKind::ServiceTrouble, Timestamp::now(), "");
                failure.details.status = Some(500);
                failure.details.call = Some("DELETE /api/delete-all".into());
                ("500".to_owned(), Some(failure))
            }
            Some(Err(error)) => said_of(workspace, error, &sign_in),
            None => (CUT_BY_A_SLEEP.to_owned(), None),
        };
        let answer_of_it = Answer {
            accepted: matches!(&answer[..], "200" | "404") && failure.is_none(),
            failure,
        };
        let mut answered = self.draft(AuditOutcome::Answered);
        answered.answer = Some(answer);
        workspace.record(answered, Vec::new()).await;
        ticket.report(JobProgress::Verifying);
        let seen = self.draft(AuditOutcome::NotKnown);
        conclude_all(workspace, seen, answer_of_it, Some(ticket)).await
    }

    /// Keeps in mind that the delete is confirmed, before anything else is done for it.
    async fn begin_waiting(
        &self,
        doctor: Option<&DoctorName>,
    ) -> Result<WaitingDelete, DeletionReport> {
        let waiting = WaitingDelete {
            operation: self.operation.clone(),
            service: self.workspace.service.clone(),
            doctor: doctor.cloned(),
            person: self.ticket.asked_by.person(),
            confirmed_at: Timestamp::now(),
        };
        begin_waiting(self.workspace, &waiting).await?;
        // What the record says of a delete, it says of a person, where the service can tell.
        let asked_by = &self.ticket.asked_by;
        tokio::select! {
            () = self.ticket.cancel.cancelled() => {}
            _ = self.workspace.find_out_whose(asked_by) => {}
        }
        Ok(waiting)
    }

    /// Waits in the open, has a last look, puts the intent on disk and makes the last call. A sign-in
    /// that ends meanwhile begins all of that anew, in the next one of the person who confirmed, while
    /// what was confirmed is not too old.
    ///
    /// `look` gives the plan as the record keeps it.
    async fn until_it_may_go<'a>(
        &'a self,
        waiting: WaitingDelete,
        of: Duration,
        look: LastLook<'a>,
        intent: &(dyn Fn(String) -> AuditDraft + Sync),
    ) -> Result<Arc<SignIn>, NotGone> {
        let (workspace, ticket) = (self.workspace, self.ticket);
        loop {
            let Some(sign_in) = workspace.sign_in(Caller::job(ticket)).await else {
                return Err(NotSent::Stopped.into());
            };
            let is_renewed = !Arc::ptr_eq(&sign_in, &ticket.asked_by);
            if is_renewed && self.is_too_old(&waiting) {
                return Err(NotGone::Because(because(
                    FailureKind::ConfirmationStale,
                    "the sign-in ended, and the next one came too long after the confirmation",
                )));
            }
            if wait(workspace, ticket, of, &sign_in).await? == Waited::SignInEnded {
                continue;
            }
            let plan = look(sign_in.clone()).await?;
            let looked_at = Instant::now();
            if !workspace.credentials.is_present(&sign_in) {
                continue;
            }
            let announcement = Announcement {
                waiting: &waiting,
                intent: intent(plan.clone()),
                stopped: self.draft(AuditOutcome::Stopped),
                sign_in: &sign_in,
                looked_at,
            };
            let (plan, signed_in) = (&plan, &sign_in);
            let look_again = || {
                async move {
                    let seen = look(signed_in.clone()).await?;
                    if seen == *plan {
                        Ok(())
                    } else {
                        Err(because(
                            FailureKind::CopyChanged,
                            "the server shows something else than before the window was busy",
                        ))
                    }
                }
                .boxed()
            };
            match announce(workspace, announcement, ticket, self.watch, &look_again).await {
                Ok(Announced::MayGo) => return Ok(sign_in),
                Ok(Announced::SignInEnded) => {}
                Err(report) => return Err(NotGone::Said(report)),
            }
        }
    }

    /// Whether more time has passed since the confirmation than its facts may be acted on.
    fn is_too_old(&self, waiting: &WaitingDelete) -> bool {
        let age = Timestamp::now().duration_since(waiting.confirmed_at);
        let longest = self.workspace.resources.waits.next_sign_in;
        age.is_negative() || age.unsigned_abs() > longest
    }
}

/// Finds what a delete would meet that goes out in this sign-in, or says why it is not sent.
type LastLook<'a> =
    &'a (dyn Fn(Arc<SignIn>) -> BoxFuture<'a, Result<String, NotSent>> + Send + Sync);

/// How a backup was read back that a delete rests on.
struct ReadBack {
    from: ReadFrom,
    /// The sign-in that there was then: hours may lie before the next one.
    signed_in: Arc<SignIn>,
}

/// Reads a backup back once more where another sign-in has begun since it was.
async fn read_back_in(
    workspace: &Arc<Workspace>,
    doctor: &DoctorName,
    backup: &Backup,
    read_back: &Mutex<ReadBack>,
    sign_in: Arc<SignIn>,
    ticket: &JobTicket,
) -> Result<(), NotSent> {
    let lock = || read_back.lock().unwrap_or_else(PoisonError::into_inner);
    if Arc::ptr_eq(&lock().signed_in, &sign_in) {
        return Ok(());
    }
    ticket.report(JobProgress::ReadingBack);
    let from = backups::read_back(workspace, doctor, backup).await?;
    *lock() = ReadBack {
        from,
        signed_in: sign_in,
    };
    Ok(())
}

/// Why a delete may not go out.
enum NotGone {
    /// It is recorded and said.
    Said(DeletionReport),
    /// It is still to be said.
    Because(NotSent),
}

impl From<NotSent> for NotGone {
    fn from(not_sent: NotSent) -> Self {
        Self::Because(not_sent)
    }
}

/// The copy that a confirmation was given for.
fn confirmed(survey: &DeletionSurvey) -> Result<&ServerCopy, NotSent> {
    match &survey.server {
        Ok(Some(confirmed)) => Ok(confirmed),
        _ => Err(because(
            FailureKind::ConfirmationStale,
            "nothing was seen to delete",
        )),
    }
}

/// The record's words for where a backup was read back from.
const fn said_of_reading(from: ReadFrom) -> &'static str {
    match from {
        ReadFrom::Disk => "the backup was read back from the disk",
        ReadFrom::PerhapsMemory => "the backup was read back, perhaps from memory",
    }
}

/// The backup that a delete relies on, made now or before, and how it was read back.
async fn backup_for(
    workspace: &Arc<Workspace>,
    survey: &DeletionSurvey,
    choice: &DeletionChoice,
    ticket: &JobTicket,
) -> Result<Option<(Backup, ReadBack)>, NotSent> {
    let confirmed = confirmed(survey)?;
    let backup = match choice {
        DeletionChoice::WithoutBackup => return Ok(None),
        DeletionChoice::KeepingBackup => {
            let backup = survey.backup.backup().cloned();
            let Some(backup) = backup else {
                return Err(because(
                    FailureKind::ConfirmationStale,
                    "there is no backup",
                ));
            };
            backup
        }
        DeletionChoice::BackUpFirst {
            destination,
            replace,
        } => {
            let destination = destination.clone();
            back_up(workspace, survey, destination, *replace, confirmed, ticket).await?
        }
    };
    ticket.report(JobProgress::ReadingBack);
    let signed_in = workspace.credentials.sign_in();
    let from = backups::read_back(workspace, &survey.doctor, &backup).await?;
    Ok(Some((backup, ReadBack { from, signed_in })))
}

/// The last look before a DELETE. Gives the plan as the record keeps it.
async fn last_look(
    workspace: &Arc<Workspace>,
    survey: &DeletionSurvey,
    choice: &DeletionChoice,
    backup: Option<&Backup>,
    ticket: &JobTicket,
) -> Result<String, NotSent> {
    let doctor = &survey.doctor;
    let confirmed = confirmed(survey)?;
    // The backup that counts is of the copy that is there now, not of the one shown a while ago.
    ticket.report(JobProgress::Looking);
    let copy = match check(workspace, doctor, Caller::job(ticket)).await {
        Ok(Some(copy)) => copy,
        Ok(None) => return Err(because(FailureKind::NothingThere, "404 before the delete")),
        Err(_) if ticket.cancel.is_cancelled() => return Err(NotSent::Stopped),
        Err(failure) => return Err(NotSent::Because(failure)),
    };
    // What was compared by its contents, and can't be recognised by anything else, is so again.
    let by_contents = backup.filter(|_| confirmed.digest.is_some() && copy.digest.is_none());
    let copy = match by_contents {
        Some(backup) => {
            let operation = new_operation();
            compare_and_look(workspace, doctor, copy, backup, operation, ticket).await?
        }
        None => copy,
    };
    if copy.unfit != confirmed.unfit {
        return Err(because(
            FailureKind::CopyChanged,
            "what is there can be a backup and could not, or the other way round",
        ));
    }
    let may_be_backed_up = |backup: &Backup| backup.may_be_of(&copy);
    if copy.compare(confirmed) == CopyComparison::Changed || !backup.is_none_or(may_be_backed_up) {
        return Err(because(
            FailureKind::CopyChanged,
            "the server shows another copy, or not enough to tell",
        ));
    }
    if let Some(backup) = backup {
        let path = backup.path.clone();
        match health_of(backup).await {
            Some(BackupHealth::There) => {}
            Some(BackupHealth::Missing | BackupHealth::Altered) => {
                return Err(because(
                    FailureKind::ReadBackDiffers { path },
                    "the backup went or changed during the wait",
                ));
            }
            None => {
                return Err(because(
                    FailureKind::Disk { path },
                    "the disk did not answer",
                ));
            }
        }
    }
    Ok(plan_text(choice, &copy, backup, by_contents.is_some()))
}

async fn back_up(
    workspace: &Arc<Workspace>,
    survey: &DeletionSurvey,
    path: std::path::PathBuf,
    replace: bool,
    confirmed: &ServerCopy,
    ticket: &JobTicket,
) -> Result<Backup, NotSent> {
    let fetched = fetch(
        workspace,
        &survey.doctor,
        Destination {
            path,
            replace,
            even_a_backup: None,
        },
        false,
        (new_operation(), FirstVolume::default()),
        ticket,
    )
    .await?;
    let copy = ServerCopy {
        digest: Some(fetched.saved.sha256),
        ..fetched.copy.clone()
    };
    if copy.compare(confirmed) == CopyComparison::Changed {
        return Err(because(
            FailureKind::CopyChanged,
            "the copy changed before its backup",
        ));
    }
    fetched.backup.ok_or_else(|| {
        let path = fetched.saved.path.clone();
        because(
            FailureKind::CompletenessNotProven { path },
            "no length and no digest",
        )
    })
}

fn said_of(
    workspace: &Workspace,
    error: ApiError,
    sign_in: &Arc<SignIn>,
) -> (String, Option<Failure>) {
    let reached = error.may_have_reached;
    let failure = workspace.noticed(error.failure, sign_in);
    let answer = if reached {
        answer_of(&failure)
    } else {
        "not reached".to_owned()
    };
    (answer, Some(failure))
}

/// The plan as the record keeps it, in words.
fn plan_text(
    choice: &DeletionChoice,
    copy: &ServerCopy,
    backup: Option<&Backup>,
    by_contents: bool,
) -> String {
    let format = match (copy.unfit, copy.format) {
        (Some(Unfit::Other(kind)), _) => format!("{}, neither WAV nor FLAC", kind.label()),
        (unfit, format) => {
            let format = format.map_or("format not told", AudioFormat::label);
            let unfit = unfit.map_or(String::new(), |unfit| format!(" ({})", unfit.code()));
            format!("{format}{unfit}")
        }
    };
    let length = copy
        .length
        .map_or("length not told".into(), |length| format!("{length} bytes"));
    let how = match (choice, backup.map(|backup| backup.compare(copy))) {
        (_, None) => "without backup",
        (_, Some(CopyComparison::Same)) if by_contents => {
            "backed up; the same contents as the server's, downloaded again just before"
        }
        (_, Some(CopyComparison::Same)) => "backed up; the same copy as the server's",
        (DeletionChoice::BackUpFirst { .. }, _) => "backed up just before; contents not compared",
        _ => "an earlier backup is kept; contents not compared",
    };
    let flushed = match backup {
        Some(Backup { flushed: false, .. }) => format!("; backup {}", Remark::NotFlushed),
        _ => String::new(),
    };
    format!("delete every file under this name; on the server: {format}, {length}; {how}{flushed}")
}

/// The same for a deletion of everything.
fn plan_of_all(tally: &DoctorTally) -> String {
    format!(
        "delete every recording of every doctor; {} doctors listed here: {} with recordings, {} \
         without, {} not checked; {} backed up and the same, {} backed up and not compared, {} not \
         backed up",
        tally.total(),
        tally.with_recordings,
        tally.without,
        tally.not_checked.len(),
        tally.backed_up,
        tally.cannot_compare,
        tally.not_backed_up.len(),
    )
}
