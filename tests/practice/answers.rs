//! Faults of whole answers: other statuses, redirects, answers that never come.

use std::time::Duration;

use audio_housekeeper::practice::{Call, Effect, Fault};
use axum::http::{HeaderValue, StatusCode, header};

use crate::raw::{DELETE, DOCTOR, DOWNLOAD, End, ask, ask_with, bearer, recording, service_with};

#[tokio::test]
async fn any_status_can_be_answered_to_any_call() {
    let calls = [
        (Call::Download, "GET", DOWNLOAD),
        (Call::Delete, "DELETE", DELETE),
        (Call::DeleteAll, "DELETE", "/api/delete-all"),
        (Call::Me, "GET", "/api/auth/me"),
        (Call::Login, "POST", "/api/auth/login"),
    ];
    let service = service_with(Vec::new()).await;
    for code in [
        204, 400, 401, 403, 404, 408, 409, 413, 416, 429, 500, 502, 503, 504,
    ] {
        let effect = Effect::status(StatusCode::from_u16(code).unwrap());
        service.set_faults(
            calls
                .map(|(call, ..)| Fault::on(call, effect.clone()))
                .into(),
        );
        for (_, method, target) in calls {
            let answer = ask(&service, method, target).await;
            assert_eq!(answer.status(), code, "{method} {target}");
            assert!(answer.body().is_empty());
        }
    }
    assert!(service.holds(DOCTOR), "a canned answer acts on nothing");
}

#[tokio::test]
async fn retry_after_can_be_said_in_every_form() {
    let service = service_with(Vec::new()).await;
    for form in [
        "5",
        "Wed, 21 Oct 2026 07:28:00 GMT",
        "-1",
        "99999999999999",
        "soon",
    ] {
        service.set_faults(vec![
            Fault::on(
                Call::Download,
                Effect::status(StatusCode::TOO_MANY_REQUESTS),
            ),
            Fault::on(
                Call::Download,
                Effect::SetHeader(header::RETRY_AFTER, HeaderValue::from_static(form)),
            ),
        ]);
        let answer = ask(&service, "GET", DOWNLOAD).await;
        assert_eq!(answer.status(), 429);
        assert_eq!(answer.header("retry-after").unwrap(), form);
    }
}

#[tokio::test]
async fn every_redirect_names_its_target() {
    let service = service_with(Vec::new()).await;
    for code in [301, 302, 303, 307, 308] {
        for call in [Call::Download, Call::Delete] {
            service.set_faults(vec![Fault::on(
                call,
                Effect::redirect(
                    StatusCode::from_u16(code).unwrap(),
                    HeaderValue::from_static("http://localhost:1/x"),
                ),
            )]);
            let target = format!("{}?doctorName=Dr.%20Amelia%20Smith", call.path());
            let answer = ask(&service, call.method().as_str(), &target).await;
            assert_eq!(answer.status(), code);
            assert_eq!(answer.header("location").unwrap(), "http://localhost:1/x");
        }
    }
    assert!(service.holds(DOCTOR));
}

#[tokio::test]
async fn the_failures_that_need_a_reason_come_to_the_letter() {
    let service = service_with(vec![
        Fault::on(Call::DeleteAll, Effect::failed_to_delete()),
        Fault::on(Call::Delete, Effect::token_ended()),
    ])
    .await;
    for (target, status, body) in [
        (
            "/api/delete-all",
            500,
            r#"{"error":"Failed to delete files."}"#,
        ),
        (
            DELETE,
            401,
            r#"{"error":"Authentication required","message":"Invalid or missing authentication token"}"#,
        ),
    ] {
        let answer = ask(&service, "DELETE", target).await;
        assert_eq!((answer.status(), answer.text()), (status, body));
        assert_eq!(answer.header("content-type").unwrap(), "application/json");
    }
    assert!(service.holds(DOCTOR));
}

#[tokio::test]
async fn a_log_in_page_and_a_huge_error_come_as_they_would() {
    let service = service_with(vec![Fault::on(Call::Download, Effect::html())]).await;
    let page = ask(&service, "GET", DOWNLOAD).await;
    assert_eq!(page.status(), 200);
    assert_eq!(
        page.header("content-type").unwrap(),
        "text/html; charset=utf-8"
    );
    assert!(page.text().starts_with("<!DOCTYPE html>"));

    service.set_faults(vec![Fault::on(
        Call::Download,
        Effect::answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            "application/json",
            vec![b' '; 10_000_000],
        ),
    )]);
    let huge = ask(&service, "GET", DOWNLOAD).await;
    assert_eq!((huge.status(), huge.body().len()), (500, 10_000_000));
}

#[tokio::test]
async fn an_answer_lost_before_acting_changes_nothing() {
    let service = service_with(vec![Fault::on(Call::Delete, Effect::LoseBeforeActing)]).await;
    let answer = ask(&service, "DELETE", DELETE).await;
    assert_eq!((answer.bytes.len(), answer.end), (0, End::Closed));
    assert!(service.holds(DOCTOR));
    assert_eq!(service.requests()[0].status, None);
}

#[tokio::test]
async fn an_answer_lost_after_acting_has_deleted() {
    let service = service_with(vec![
        Fault::on(Call::Delete, Effect::LoseAfterActing),
        Fault::on(Call::DeleteAll, Effect::LoseAfterActing),
    ])
    .await;
    service.put("Other", "x.wav", "RIFF");
    let answer = ask(&service, "DELETE", DELETE).await;
    assert_eq!((answer.bytes.len(), answer.end), (0, End::Closed));
    assert!(!service.holds(DOCTOR) && service.holds("Other"));
    let answer = ask(&service, "DELETE", "/api/delete-all").await;
    assert_eq!((answer.bytes.len(), answer.end), (0, End::Closed));
    assert!(!service.holds("Other"));
}

#[tokio::test]
async fn a_pretended_delete_is_a_200_that_deletes_nothing() {
    let service = service_with(vec![
        Fault::on(Call::Delete, Effect::PretendToAct),
        Fault::on(Call::DeleteAll, Effect::PretendToAct),
    ])
    .await;
    for target in [DELETE, "/api/delete-all"] {
        assert_eq!(ask(&service, "DELETE", target).await.status(), 200);
        assert!(service.holds(DOCTOR));
    }
}

#[tokio::test]
async fn a_stall_before_the_head_sends_nothing_then_everything() {
    let stall = |time| vec![Fault::on(Call::Download, Effect::StallBeforeHead(time))];
    let service = service_with(stall(Duration::from_hours(1))).await;
    let impatient = ask_with(
        &service,
        "GET",
        DOWNLOAD,
        &bearer(),
        Duration::from_millis(150),
    )
    .await;
    assert_eq!((impatient.bytes.len(), impatient.end), (0, End::Silence));
    service.set_faults(stall(Duration::from_millis(400)));
    let patient = ask(&service, "GET", DOWNLOAD).await;
    assert!(patient.took >= Duration::from_millis(400));
    assert_eq!(patient.body(), recording());
}

#[tokio::test]
async fn a_fault_hits_the_attempts_and_the_doctor_that_it_names() {
    let gone = Effect::status(StatusCode::GONE);
    let service = service_with(vec![
        Fault::on(Call::Download, gone.clone()).only(2),
        Fault::on(Call::Download, gone).from(4),
        Fault::on(Call::Download, Effect::status(StatusCode::CONFLICT)).for_doctor("Ju\u{308}rgen"),
    ])
    .await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(ask(&service, "GET", DOWNLOAD).await.status());
    }
    assert_eq!(statuses, [200, 410, 200, 410, 410]);
    let other = ask(&service, "GET", "/api/download?doctorName=J%C3%BCrgen").await;
    assert_eq!(other.status(), 409);
    assert_eq!(ask(&service, "DELETE", DELETE).await.status(), 200);
}

#[tokio::test]
async fn faults_can_be_given_and_taken_while_the_service_runs() {
    let service = service_with(Vec::new()).await;
    service.add_fault(Fault::on(
        Call::Download,
        Effect::status(StatusCode::BAD_GATEWAY),
    ));
    assert_eq!(ask(&service, "GET", DOWNLOAD).await.status(), 502);
    service.set_faults(Vec::new());
    assert_eq!(ask(&service, "GET", DOWNLOAD).await.status(), 200);
}
