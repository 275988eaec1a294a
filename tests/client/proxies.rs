//! The system's proxy, as the environment names it; that counts on Windows and macOS too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use audio_housekeeper::domain::FailureKind;
use support::recordings::second_of_wav;
use support::server::{Server, Step, answer};

use crate::environment::{is_again, run_again};
use crate::{CALLS, Call, Seen, assert_discreet, connect, doctor};

#[tokio::test]
async fn a_proxy_that_refuses_is_named_and_never_sees_the_token() {
    if is_again() {
        for call in CALLS {
            let api = connect("https://service.invalid");
            let error = call.make(&*api).await.unwrap_err();
            assert_discreet(&error);
            assert_eq!(error.failure.kind, FailureKind::Proxy, "{call:?}");
            assert!(!error.may_have_reached, "{call:?}");
        }
        return;
    }
    let name = "proxies::a_proxy_that_refuses_is_named_and_never_sees_the_token";
    for status in ["407 Proxy Authentication Required", "403 Forbidden"] {
        let refusal = answer(status, "", "no");
        let proxy = Server::saying(vec![Step::Send(refusal), Step::Close]).await;
        run_again(name, Some(("https_proxy", proxy.origin()))).await;
        let requests = proxy.requests();
        assert_eq!(requests.len(), CALLS.len());
        for request in requests {
            assert!(request.line().starts_with("CONNECT service.invalid:443"));
            assert!(!request.head.contains(crate::TOKEN));
            assert!(
                !request
                    .head
                    .to_lowercase()
                    .contains("authorization: bearer")
            );
        }
    }
}

#[tokio::test]
async fn plain_http_to_this_computer_goes_past_every_proxy() {
    if is_again() {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let service = Server::start(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            vec![Step::Send(answer("200 OK", "", second_of_wav()))]
        })
        .await;
        let api = connect(&service.origin());
        assert_eq!(Call::Look.make(&*api).await.unwrap(), Seen::Has);
        api.delete(&doctor()).await.unwrap_err();
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        return;
    }
    let name = "proxies::plain_http_to_this_computer_goes_past_every_proxy";
    for variable in ["http_proxy", "all_proxy"] {
        let proxy = Server::saying(vec![Step::Close]).await;
        run_again(name, Some((variable, proxy.origin()))).await;
        assert_eq!(proxy.connections(), 0, "{variable}");
    }
}
