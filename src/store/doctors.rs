use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::domain::{
    AudioFormat, Backup, BackupHealth, DeletionOutcome, DoctorName, KnownDoctor, LastDeletion,
    ServerKnowledge, Sha256Digest,
};
use crate::store::value_codec::{
    audio_from_column, audio_to_column, copy_from_column, copy_to_column, count_from_column,
    count_to_column, name_from_column, path_from_column, path_to_column, proof_from_column,
    proof_to_column, time_from_column, unreadable,
};
use crate::store::{Change, DoctorFact, Store, StoreError};

/// A file that the record knows as a backup, of any service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBackup {
    /// The service's key.
    pub service: String,
    /// Whose recording it is.
    pub doctor: DoctorName,
    /// The backup.
    pub backup: Backup,
}

/// `service` is a service's key everywhere: its origin in ASCII form, or `practice`.
impl Store {
    /// Every backup that was made and not replaced since, of all services, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] where they can't be read.
    pub async fn backups(&self) -> Result<Vec<KnownBackup>, StoreError> {
        self.writer.ask(|connection| backups(connection)).await
    }

    /// The doctors whose names were used with this service, by name, case aside.
    ///
    /// # Errors
    /// [`StoreError`] where they can't be read.
    pub async fn doctors(&self, service: &str) -> Result<Vec<KnownDoctor>, StoreError> {
        let service = service.to_owned();
        self.writer
            .ask(move |connection| doctors(connection, &service))
            .await
    }

    /// What is known of one doctor; `None` where the name was never used with this service.
    ///
    /// # Errors
    /// [`StoreError`] where it can't be read.
    pub async fn doctor(
        &self,
        service: &str,
        name: &DoctorName,
    ) -> Result<Option<KnownDoctor>, StoreError> {
        let (service, name) = (service.to_owned(), name.clone());
        self.writer
            .ask(move |connection| doctor(connection, &service, &name))
            .await
    }

    /// Keeps a name that was used now.
    ///
    /// # Errors
    /// [`StoreError`], and then it is not kept.
    pub async fn remember_doctor(
        &self,
        service: &str,
        doctor: &DoctorName,
    ) -> Result<(), StoreError> {
        self.apply(vec![Change::Doctor {
            service: service.to_owned(),
            doctor: doctor.clone(),
            fact: DoctorFact::Used(Timestamp::now()),
        }])
        .await
    }

    /// The digest of what last came for a doctor and was no backup.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn came(
        &self,
        service: &str,
        doctor: &DoctorName,
    ) -> Result<Option<Sha256Digest>, StoreError> {
        let (service, doctor) = (service.to_owned(), doctor.clone());
        self.writer
            .ask(move |connection| came(connection, &service, &doctor))
            .await
    }

    /// Forgets a name and what is known of it; the audit record and files stay as they are.
    ///
    /// # Errors
    /// [`StoreError`], and then it is not forgotten.
    pub async fn forget_doctor(
        &self,
        service: &str,
        doctor: &DoctorName,
    ) -> Result<(), StoreError> {
        self.apply(vec![Change::ForgetDoctor {
            service: service.to_owned(),
            doctor: doctor.clone(),
        }])
        .await
    }
}

pub(super) fn learn(
    connection: &Connection,
    service: &str,
    doctor: &DoctorName,
    fact: &DoctorFact,
) -> Result<(), StoreError> {
    let key = (service, doctor.as_str());
    connection.execute(
        "INSERT INTO doctors (service, name, last_used) VALUES (?1, ?2, ?3)
         ON CONFLICT (service, name) DO NOTHING",
        (key.0, key.1, Timestamp::now().to_string()),
    )?;
    match fact {
        DoctorFact::Used(at) => {
            connection.execute(
                "UPDATE doctors SET last_used = ?3 WHERE service = ?1 AND name = ?2",
                (key.0, key.1, at.to_string()),
            )?;
        }
        DoctorFact::Server(knowledge) => {
            let (word, at, copy) = match knowledge {
                ServerKnowledge::NeverChecked => ("never-checked", None, None),
                ServerKnowledge::Has { copy, checked_at } => {
                    ("has", Some(checked_at), Some(copy_to_column(copy)?))
                }
                ServerKnowledge::Nothing { checked_at } => ("nothing", Some(checked_at), None),
            };
            connection.execute(
                "UPDATE doctors
                 SET server = ?3, server_asked_at = ?4, server_copy = ?5, no_answer_at = NULL
                 WHERE service = ?1 AND name = ?2",
                (key.0, key.1, word, at.map(Timestamp::to_string), copy),
            )?;
        }
        DoctorFact::NoAnswer(at) => {
            connection.execute(
                "UPDATE doctors SET no_answer_at = ?3 WHERE service = ?1 AND name = ?2",
                (key.0, key.1, at.to_string()),
            )?;
        }
        DoctorFact::Backup(backup) => {
            insert_backup(connection, service, doctor, backup)?;
            set_health(connection, service, doctor, BackupHealth::There)?;
        }
        DoctorFact::Came(sha256) => {
            connection.execute(
                "UPDATE doctors SET came = ?3 WHERE service = ?1 AND name = ?2",
                (key.0, key.1, sha256.as_bytes()),
            )?;
        }
        DoctorFact::BackupSeen(seen) => {
            connection.execute(
                "UPDATE backups SET seen = ?3 WHERE number =
                    (SELECT max(number) FROM backups WHERE service = ?1 AND name = ?2)",
                (key.0, key.1, seen),
            )?;
        }
        DoctorFact::BackupHealth(health) => set_health(connection, service, doctor, *health)?,
        DoctorFact::Deletion(deletion) => {
            connection.execute(
                "UPDATE doctors SET deletion = ?3, deletion_at = ?4
                 WHERE service = ?1 AND name = ?2",
                (
                    key.0,
                    key.1,
                    outcome_word(deletion.outcome),
                    deletion.at.to_string(),
                ),
            )?;
        }
    }
    Ok(())
}

pub(super) fn forget(
    connection: &Connection,
    service: &str,
    doctor: &DoctorName,
) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM doctors WHERE service = ?1 AND name = ?2",
        (service, doctor.as_str()),
    )?;
    Ok(())
}

fn insert_backup(
    connection: &Connection,
    service: &str,
    doctor: &DoctorName,
    backup: &Backup,
) -> Result<(), StoreError> {
    no_backup_at(connection, &backup.path)?;
    connection.execute(
        "INSERT INTO backups (service, name, path, size, sha256, format, milliseconds,
            verified_at, proof, made_from, audio, seen, flushed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            service,
            doctor.as_str(),
            path_to_column(&backup.path),
            count_to_column(backup.size)?,
            backup.sha256.as_bytes(),
            backup.format.extension(),
            backup.milliseconds.map(count_to_column).transpose()?,
            backup.verified_at.to_string(),
            proof_to_column(backup.proof),
            copy_to_column(&backup.made_from)?,
            backup.audio.as_ref().map(audio_to_column).transpose()?,
            backup.seen,
            backup.flushed,
        ],
    )?;
    Ok(())
}

/// Takes a file off the backups: another one has come to stand at its path.
pub(super) fn no_backup_at(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM backups WHERE path = ?1",
        [path_to_column(path)],
    )?;
    Ok(())
}

fn backups(connection: &Connection) -> Result<Vec<KnownBackup>, StoreError> {
    let mut statement = connection.prepare(&format!(
        "SELECT service, {BACKUP_COLUMNS} FROM backups ORDER BY number DESC"
    ))?;
    let mut rows = statement.query([])?;
    let mut backups = Vec::new();
    while let Some(row) = rows.next()? {
        backups.push(KnownBackup {
            service: row.get("service")?,
            doctor: name_from_column(&row.get::<_, String>("name")?)?,
            backup: backup_of(row)?,
        });
    }
    Ok(backups)
}

fn set_health(
    connection: &Connection,
    service: &str,
    doctor: &DoctorName,
    health: BackupHealth,
) -> Result<(), StoreError> {
    let word = match health {
        BackupHealth::There => "there",
        BackupHealth::Missing => "missing",
        BackupHealth::Altered => "altered",
    };
    connection.execute(
        "UPDATE doctors SET backup_health = ?3 WHERE service = ?1 AND name = ?2",
        (service, doctor.as_str(), word),
    )?;
    Ok(())
}

fn doctor(
    connection: &Connection,
    service: &str,
    name: &DoctorName,
) -> Result<Option<KnownDoctor>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT name, server, server_asked_at, server_copy, no_answer_at, backup_health, deletion,
            deletion_at
         FROM doctors WHERE service = ?1 AND name = ?2",
    )?;
    let mut rows = statement.query((service, name.as_str()))?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let mut doctor = doctor_of(row)?;
    doctor.backup = newest_backup(connection, service, name)?;
    Ok(Some(doctor))
}

fn came(
    connection: &Connection,
    service: &str,
    doctor: &DoctorName,
) -> Result<Option<Sha256Digest>, StoreError> {
    let mut statement =
        connection.prepare("SELECT came FROM doctors WHERE service = ?1 AND name = ?2")?;
    let mut rows = statement.query((service, doctor.as_str()))?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let came: Option<[u8; 32]> = row.get("came")?;
    Ok(came.map(Sha256Digest::from_bytes))
}

fn doctors(connection: &Connection, service: &str) -> Result<Vec<KnownDoctor>, StoreError> {
    let mut newest = newest_backups(connection, service)?;
    let mut statement = connection.prepare(
        "SELECT name, server, server_asked_at, server_copy, no_answer_at, backup_health, deletion,
            deletion_at
         FROM doctors WHERE service = ?1",
    )?;
    let mut rows = statement.query([service])?;
    let mut doctors = Vec::new();
    while let Some(row) = rows.next()? {
        let mut doctor = doctor_of(row)?;
        doctor.backup = newest.remove(&doctor.name);
        doctors.push(doctor);
    }
    // SQLite folds the case of ASCII only.
    doctors.sort_by_cached_key(|doctor| {
        (
            doctor.name.as_str().to_lowercase(),
            doctor.name.as_str().to_owned(),
        )
    });
    Ok(doctors)
}

fn doctor_of(row: &Row<'_>) -> Result<KnownDoctor, StoreError> {
    let name: String = row.get("name")?;
    let mut doctor = KnownDoctor::new(name_from_column(&name)?);
    let asked_at = time_of(row, "server_asked_at");
    doctor.server = match row.get::<_, String>("server")?.as_str() {
        "has" => ServerKnowledge::Has {
            copy: copy_from_column(&row.get::<_, String>("server_copy")?)?,
            checked_at: asked_at?,
        },
        "nothing" => ServerKnowledge::Nothing {
            checked_at: asked_at?,
        },
        "never-checked" => ServerKnowledge::NeverChecked,
        _ => return Err(unreadable()),
    };
    let no_answer_at: Option<String> = row.get("no_answer_at")?;
    doctor.no_answer_at = no_answer_at.as_deref().map(time_from_column).transpose()?;
    doctor.backup_health = match row.get::<_, String>("backup_health")?.as_str() {
        "there" => BackupHealth::There,
        "missing" => BackupHealth::Missing,
        "altered" => BackupHealth::Altered,
        _ => return Err(unreadable()),
    };
    doctor.last_deletion = match row.get::<_, Option<String>>("deletion")? {
        Some(word) => Some(LastDeletion {
            at: time_of(row, "deletion_at")?,
            outcome: outcome_of(&word)?,
        }),
        None => None,
    };
    Ok(doctor)
}

const BACKUP_COLUMNS: &str =
    "name, path, size, sha256, format, milliseconds, verified_at, proof, made_from, audio,
     seen, flushed";

fn newest_backups(
    connection: &Connection,
    service: &str,
) -> Result<HashMap<DoctorName, Backup>, StoreError> {
    let mut statement = connection.prepare(&format!(
        "SELECT {BACKUP_COLUMNS} FROM backups WHERE number IN
            (SELECT max(number) FROM backups WHERE service = ?1 GROUP BY name)"
    ))?;
    let mut rows = statement.query([service])?;
    let mut newest = HashMap::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get("name")?;
        newest.insert(name_from_column(&name)?, backup_of(row)?);
    }
    Ok(newest)
}

fn newest_backup(
    connection: &Connection,
    service: &str,
    doctor: &DoctorName,
) -> Result<Option<Backup>, StoreError> {
    let mut statement = connection.prepare(&format!(
        "SELECT {BACKUP_COLUMNS} FROM backups WHERE service = ?1 AND name = ?2
         ORDER BY number DESC LIMIT 1"
    ))?;
    let mut rows = statement.query((service, doctor.as_str()))?;
    rows.next()?.map(backup_of).transpose()
}

fn backup_of(row: &Row<'_>) -> Result<Backup, StoreError> {
    let milliseconds: Option<i64> = row.get("milliseconds")?;
    Ok(Backup {
        path: path_from_column(row.get("path")?)?,
        size: count_from_column(row.get("size")?)?,
        sha256: Sha256Digest::from_bytes(row.get("sha256")?),
        format: AudioFormat::from_extension(&row.get::<_, String>("format")?)
            .ok_or_else(unreadable)?,
        milliseconds: milliseconds.map(count_from_column).transpose()?,
        verified_at: time_of(row, "verified_at")?,
        seen: row.get("seen")?,
        flushed: row.get("flushed")?,
        proof: proof_from_column(&row.get::<_, String>("proof")?)?,
        made_from: copy_from_column(&row.get::<_, String>("made_from")?)?,
        audio: match row.get::<_, Option<String>>("audio")? {
            Some(audio) => Some(audio_from_column(&audio)?),
            None => None,
        },
    })
}

fn time_of(row: &Row<'_>, column: &str) -> Result<Timestamp, StoreError> {
    time_from_column(&row.get::<_, String>(column)?)
}

const OUTCOMES: [(&str, DeletionOutcome); 5] = [
    ("gone", DeletionOutcome::Gone),
    ("still-there", DeletionOutcome::StillThere),
    ("not-known", DeletionOutcome::NotKnown),
    ("stopped", DeletionOutcome::Stopped),
    ("not-sent", DeletionOutcome::NotSent),
];

const fn outcome_word(outcome: DeletionOutcome) -> &'static str {
    match outcome {
        DeletionOutcome::Gone => "gone",
        DeletionOutcome::StillThere => "still-there",
        DeletionOutcome::NotKnown => "not-known",
        DeletionOutcome::Stopped => "stopped",
        DeletionOutcome::NotSent => "not-sent",
    }
}

fn outcome_of(word: &str) -> Result<DeletionOutcome, StoreError> {
    OUTCOMES
        .into_iter()
        .find(|(candidate, _)| *candidate == word)
        .map(|(_, outcome)| outcome)
        .ok_or_else(unreadable)
}
