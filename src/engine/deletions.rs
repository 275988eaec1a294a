//! Deleting: backup, wait, a last look, the intent on disk, one DELETE, and what was seen after.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::api::{ApiError, Deletion, DeletionOfAll};
use crate::domain::{
    AudioFormat, AuditAction, AuditBackup, AuditDraft, AuditOutcome, Backup, BackupComparison,
    BackupHealth, Confirmation, CopyComparison, DeletionChoice, DeletionPlan, DeletionScope,
    DeletionSurvey, DoctorName, DoctorTally, Failure, FailureKind, OperationId, Remark, ServerCopy,
    Unfit,
};
use crate::engine::aftermath::{conclude, conclude_all};
use crate::engine::cancellation::EndedBy;
use crate::engine::checks::{answer_of, check, health_of};
use crate::engine::clock::Watch;
use crate::engine::comparing::{self, compare_and_look};
use crate::engine::credentials::SignIn;
use crate::engine::downloads::fetch;
use crate::engine::grace_period::{
    Announced, Announcement, NotSent, Waited, announce, because, begin_waiting, say_not_sent, wait,
};
use crate::engine::jobs::{Asker, JobTicket};
use crate::engine::resources::new_operation;
use crate::engine::workspace::Workspace;
use crate::engine::{DeletionReport, Destination, Event, JobEnding, JobProgress};
use crate::store::WaitingDelete;
use crate::transfer::ReadFrom;

/// The record's words where the connection was given up: it may have been sent before.
const CUT_BY_A_SLEEP: &str =
    "given up, as the computer slept or its clock was changed; whether it arrived is not known";

/// Looks at the server and at the backup, for the question that a person answers.
pub async fn survey(workspace: Arc<Workspace>, doctor: DoctorName) {
    let server = check(&workspace, &doctor, Asker::task(&workspace.cancel)).await;
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
    let operation = new_operation();
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
            Ok(Some((backup, read))) => (Some(backup), Some(said_of_reading(read))),
            Ok(None) => (None, None),
            Err(not_sent) => return (self.not_sent(not_sent).await, None),
        };
        let relied_on = backup.as_ref();
        let look = |is_anew| {
            async move {
                // Hours may lie between two sign-ins.
                if let Some(backup) = relied_on.filter(|_| is_anew) {
                    ticket.report(JobProgress::ReadingBack);
                    comparing::read_back(workspace, doctor, backup).await?;
                }
                last_look(workspace, survey, choice, relied_on, ticket).await
            }
            .boxed()
        };
        let intent = |plan| {
            let mut intent = self.draft(AuditOutcome::Intended);
            intent.plan = Some(plan);
            intent.note = read_back.map(ToOwned::to_owned);
            intent.backup = relied_on.map(|backup| AuditBackup {
                path: backup.path.to_string_lossy().into_owned(),
                size: backup.size,
                sha256: backup.sha256,
            });
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
        let mut answered = self.draft(AuditOutcome::Answered);
        answered.answer = Some(answer);
        workspace.record(answered, Vec::new()).await;
        ticket.report(JobProgress::Verifying);
        let seen = self.draft(AuditOutcome::NotKnown);
        let report = conclude(workspace, doctor, seen, failure, Some(ticket)).await;
        (report, backup)
    }

    async fn delete_all(&self, tally: &DoctorTally) -> DeletionReport {
        let (workspace, ticket) = (self.workspace, self.ticket);
        let waiting = match self.begin_waiting(None).await {
            Ok(waiting) => waiting,
            Err(report) => return report,
        };
        // Nothing is looked at before, so nothing is old after a hold.
        let look = |_| std::future::ready(Ok(plan_of_all(tally))).boxed();
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
        let mut answered = self.draft(AuditOutcome::Answered);
        answered.answer = Some(answer);
        workspace.record(answered, Vec::new()).await;
        ticket.report(JobProgress::Verifying);
        let seen = self.draft(AuditOutcome::NotKnown);
        conclude_all(workspace, seen, failure, Some(ticket)).await
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
    /// that ends meanwhile begins all of that anew, in the next one of the person who confirmed.
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
        let mut is_anew = false;
        loop {
            let sign_in = self.sign_in_of_the_same_person().await?;
            let waited = wait(workspace, ticket, of, &sign_in).await?;
            let is_anew = std::mem::replace(&mut is_anew, true);
            if waited == Waited::SignInEnded {
                continue;
            }
            let plan = look(is_anew).await?;
            if !workspace.credentials.is_present(&sign_in) {
                continue;
            }
            let announcement = Announcement {
                waiting: &waiting,
                intent: intent(plan.clone()),
                stopped: self.draft(AuditOutcome::Stopped),
                sign_in: &sign_in,
            };
            let plan = &plan;
            let look_again = || {
                async move {
                    let seen = look(false).await?;
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

    /// The present sign-in, where the person who confirmed made it.
    async fn sign_in_of_the_same_person(&self) -> Result<Arc<SignIn>, NotSent> {
        let asker = Asker::job(self.ticket);
        let Some(sign_in) = self.workspace.sign_in(asker).await else {
            return Err(NotSent::Stopped);
        };
        if sign_in.is_by_the_same_person(&self.ticket.asked_by) {
            return Ok(sign_in);
        }
        let known = sign_in.person_id().is_some() && self.ticket.asked_by.person_id().is_some();
        Err(because(
            FailureKind::ConfirmedByAnother { known },
            "the sign-in ended, and the next one is not known to be of the same person",
        ))
    }
}

/// Finds what a delete would meet, or says why it is not sent; told whether it follows another sign-in
/// than the one before.
type LastLook<'a> = &'a (dyn Fn(bool) -> BoxFuture<'a, Result<String, NotSent>> + Send + Sync);

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

/// The backup that a delete relies on, made now or before, and where it was read back from.
async fn backup_for(
    workspace: &Arc<Workspace>,
    survey: &DeletionSurvey,
    choice: &DeletionChoice,
    ticket: &JobTicket,
) -> Result<Option<(Backup, ReadFrom)>, NotSent> {
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
    let read = comparing::read_back(workspace, &survey.doctor, &backup).await?;
    Ok(Some((backup, read)))
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
    let copy = match check(workspace, doctor, Asker::job(ticket)).await {
        Ok(Some(copy)) => copy,
        Ok(None) => return Err(because(FailureKind::NothingThere, "404 before the delete")),
        Err(_) if ticket.cancel.is_cancelled() => return Err(NotSent::Stopped),
        Err(failure) => return Err(NotSent::Because(failure)),
    };
    // What was compared by its contents, and can't be recognised by anything else, is so again.
    let by_contents = backup.filter(|_| confirmed.digest.is_some() && copy.digest.is_none());
    let copy = match by_contents {
        Some(backup) => compare_and_look(workspace, doctor, copy, backup, ticket).await?,
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
