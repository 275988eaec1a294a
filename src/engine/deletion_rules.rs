//! What this computer asks of a delete: read at the start, changed by people, and held to.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::domain::{
    Approval, AuditAction, AuditDraft, AuditOutcome, Confirmation, DeletionPlan, DeletionRule,
    DeletionRules, DeletionScope, Failure, FailureKind, RuleChange, Secret, SignInWith,
    TokenKeeping,
};
use crate::engine::credentials::SignIn;
use crate::engine::notice::{Approved, Notice};
use crate::engine::operation::new_operation;
use crate::engine::resources::{Resources, store_failure};
use crate::engine::sign_in::open_with;
use crate::engine::workspace::{Workspace, joined};
use crate::engine::{Event, sign_out};
use crate::store::{Change, KnownRules};

/// What stands in one place and not in the other.
pub struct Mismatch {
    known: KnownRules,
}

/// Reads the rules. Where what is kept is not what was recorded last, all that either asks for holds; where
/// neither can be read, all that can be asked for.
pub async fn read(resources: &Resources) -> Option<Mismatch> {
    let known = match resources.store.deletion_rules().await {
        Ok(known) => known,
        Err(error) => {
            resources.set_rules(DeletionRules::strictest());
            let event = Event::failed(None, store_failure(&error));
            resources.notify(Notice::Tell(Box::new(event)));
            return None;
        }
    };
    let parsed = |words: &Option<String>| words.as_deref().and_then(DeletionRules::from_words);
    let all = [parsed(&known.kept), parsed(&known.recorded)];
    let rules = all
        .into_iter()
        .flatten()
        .reduce(|one, other| one.and(&other));
    resources.rules_are_known.store(true, Ordering::Relaxed);
    let is_a_first_start = known == KnownRules::default();
    resources.set_rules(match rules {
        Some(rules) => rules,
        None if is_a_first_start => DeletionRules::default(),
        None => DeletionRules::strictest(),
    });
    (known.is_damaged || known.kept != known.recorded).then_some(Mismatch { known })
}

/// Records that the rules were changed by something else than the app, keeps those that hold, and says so.
pub async fn put_back(workspace: &Workspace, mismatch: Mismatch) {
    let KnownRules { kept, recorded, .. } = mismatch.known;
    let said = |words: Option<String>| words.unwrap_or_else(|| "nothing".to_owned());
    let rules = workspace.resources.rules();
    let mut draft = entry(workspace, AuditOutcome::PutBack, &rules);
    draft.note = Some(format!(
        "not as the app left them; kept: {}; recorded: {}",
        said(kept),
        said(recorded)
    ));
    workspace.record(draft, vec![Change::Rules(rules)]).await;
    workspace.tell(Event::RulesWereChanged);
}

/// Changes a rule, where whoever asks for less of a delete gives the password.
pub async fn change(workspace: Arc<Workspace>, change: RuleChange, password: Option<Secret>) {
    let _one_at_a_time = workspace.resources.changing_rules.lock().await;
    match changed(&workspace, change, password).await {
        Ok(()) => workspace.tell(Event::DeletionRules(workspace.resources.rules())),
        Err(failure) => workspace.tell(Event::RulesNotChanged(failure)),
    }
}

async fn changed(
    workspace: &Workspace,
    change: RuleChange,
    password: Option<Secret>,
) -> Result<(), Failure> {
    if !workspace.resources.rules_are_known.load(Ordering::Relaxed) {
        // What was read at the start could not be: it is not to be written over.
        read(&workspace.resources).await;
    }
    if !workspace.resources.rules_are_known.load(Ordering::Relaxed) {
        return Err(failure(
            FailureKind::StoreTrouble,
            "the rules are not known",
        ));
    }
    let before = workspace.resources.rules();
    let rules = before.after(change);
    let sign_in = workspace.credentials.sign_in();
    let has_user_name = sign_in.user_name.is_some();
    let asks = matches!(change, RuleChange::Rule(rule, true) if rule.asks_for_a_password());
    if asks && !has_user_name {
        return Err(needs_user_name());
    }
    if before.are_loosened_by(&rules) {
        verify(workspace, &sign_in, password).await?;
        is_still(workspace, &sign_in)?;
    }
    let mut draft = entry(workspace, AuditOutcome::Done, &rules);
    draft.note = Some(format!("before: {}", before.to_words()));
    let change = vec![Change::Rules(rules.clone())];
    let appended = workspace.resources.store.append_with(draft, change).await;
    appended.map_err(|error| store_failure(&error))?;
    workspace.resources.set_rules(rules);
    Ok(())
}

fn entry(workspace: &Workspace, outcome: AuditOutcome, rules: &DeletionRules) -> AuditDraft {
    let mut draft = workspace.draft(AuditAction::ChangeRules, outcome, new_operation());
    draft.plan = Some(rules.to_words());
    draft
}

/// Says whether the password is that of who is signed in.
pub async fn check_password(workspace: Arc<Workspace>, password: Secret) {
    let sign_in = workspace.credentials.sign_in();
    let failure = verify(&workspace, &sign_in, Some(password)).await.err();
    if failure.is_none() {
        sign_out::unlock(&workspace.resources, sign_in.key()).await;
    }
    workspace.tell(Event::PasswordChecked(failure));
}

/// Whether the password is that of who made a sign-in, by one more whose token is dropped.
async fn verify(
    workspace: &Workspace,
    sign_in: &SignIn,
    password: Option<Secret>,
) -> Result<(), Failure> {
    let user_name = sign_in.user_name.clone().ok_or_else(needs_user_name)?;
    let password = password.ok_or_else(|| failure(FailureKind::PasswordNotAccepted, "none"))?;
    let with = SignInWith::Password {
        user_name,
        password,
    };
    let (resources, origin) = (&workspace.resources, sign_in.origin.clone());
    let again = open_with(resources, origin, with, TokenKeeping::Memory).await?;
    if again.is_by_the_same_person(sign_in) {
        Ok(())
    } else {
        Err(failure(
            FailureKind::PasswordNotAccepted,
            "the user name is another person's by now",
        ))
    }
}

/// Whether who made a sign-in is who is signed in now.
fn is_still(workspace: &Workspace, sign_in: &SignIn) -> Result<(), Failure> {
    if workspace
        .credentials
        .sign_in()
        .is_by_the_same_person(sign_in)
    {
        Ok(())
    } else {
        let kind = FailureKind::ConfirmedByAnother { known: true };
        Err(failure(kind, "somebody else signed in meanwhile"))
    }
}

/// Why the rules let nothing of this kind be carried out.
pub fn refusal(workspace: &Workspace, plan: &DeletionPlan) -> Option<Failure> {
    let rules = workspace.resources.rules();
    let confirmation = plan.confirmation();
    if !rules.allow(confirmation) {
        let words = format!("the rules on this computer: {}", rules.to_words());
        return Some(failure(FailureKind::RuleForbids, &words));
    }
    let has_user_name = workspace.credentials.sign_in().user_name.is_some();
    (rules.ask_for_a_password_before(confirmation) && !has_user_name).then(needs_user_name)
}

/// Checks what the rules ask for before a delete, and has it begin, unless that is given up.
pub async fn approve(
    workspace: Arc<Workspace>,
    (number, given_up): (u64, CancellationToken),
    plan: DeletionPlan,
    approval: Approval,
) {
    let asked_by = workspace.credentials.sign_in();
    let approving = approved(&workspace, &asked_by, plan.confirmation(), approval);
    let approved = tokio::select! {
        biased;
        () = given_up.cancelled() => return,
        approved = approving => approved,
    };
    let notice = match approved {
        Ok(by) => Notice::DeleteApproved {
            number,
            asked_by,
            approved: Box::new(Approved { plan, by }),
        },
        Err(failure) => return workspace.tell(not_approved(&plan, failure)),
    };
    workspace.resources.notify(notice);
}

/// Why a delete that was approved may not begin after all: much may have changed meanwhile.
pub fn refusal_now(
    workspace: &Workspace,
    asked_by: &SignIn,
    plan: &DeletionPlan,
) -> Option<Failure> {
    let is_still = is_still(workspace, asked_by);
    refusal(workspace, plan).or(is_still.err())
}

/// What is told of a delete that was not approved: nothing is done.
pub fn not_approved(plan: &DeletionPlan, failure: Failure) -> Event {
    let doctor = match plan.scope() {
        DeletionScope::Doctor(doctor) => Some(doctor),
        DeletionScope::Everything => None,
    };
    Event::DeletionNotApproved { doctor, failure }
}

async fn approved(
    workspace: &Workspace,
    asked_by: &SignIn,
    confirmation: &Confirmation,
    approval: Approval,
) -> Result<String, Failure> {
    let rules = workspace.resources.rules();
    let mut by = [None, None];
    if rules.has(DeletionRule::Password) {
        verify(workspace, asked_by, approval.password).await?;
        by[0] = Some("the password was asked for".to_owned());
    }
    let is_everything = matches!(confirmation, Confirmation::Everything { .. });
    if is_everything && rules.has(DeletionRule::TwoPeople) {
        by[1] = Some(agreed_to(workspace, asked_by, approval.second).await?);
    }
    Ok(joined(by).unwrap_or_default())
}

/// Who is signed in besides, for this one delete: in the record's words.
async fn agreed_to(
    workspace: &Workspace,
    here: &SignIn,
    second: Option<(String, Secret)>,
) -> Result<String, Failure> {
    let nobody = || failure(FailureKind::PasswordNotAccepted, "no second person");
    let (user_name, password) = second.ok_or_else(nobody)?;
    let with = SignInWith::Password {
        user_name: user_name.clone(),
        password,
    };
    let resources = &workspace.resources;
    // Its token is in memory until this returns, and then nowhere.
    let second = open_with(resources, here.origin.clone(), with, TokenKeeping::Memory).await?;
    if !is_another(here, &second) {
        return Err(failure(
            FailureKind::SamePerson,
            "not known to be another person",
        ));
    }
    let person = second.person().unwrap_or_default();
    let id = second.person_id().unwrap_or_default();
    Ok(format!("agreed to by {user_name} ({person}, {id})"))
}

/// Whether it is certain that two people made these.
fn is_another(one: &SignIn, other: &SignIn) -> bool {
    matches!((one.person_id(), other.person_id()), (Some(one), Some(other)) if one != other)
}

fn needs_user_name() -> Failure {
    failure(FailureKind::RuleNeedsUserName, "signed in by a token")
}

fn failure(kind: FailureKind, technical: &str) -> Failure {
    Failure::new(kind, Timestamp::now(), technical)
}
