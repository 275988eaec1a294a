use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use hyper::http::Extensions;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::Response;

use crate::api::transport::causes;

/// Which connections have brought an answer, by their ends on this computer: what comes over one of
/// them again comes over one that was kept open. There are never more than there are ports.
///
/// The client itself repeats a request that it had not begun to send when such a connection closed
/// (hyper-util's `retry_canceled_requests`). One that was sent by then it does not: it can't know
/// whether a request of any method has done its work.
#[derive(Default)]
pub(super) struct KeptOpen(Mutex<BTreeSet<SocketAddr>>);

impl KeptOpen {
    /// An answer has come.
    pub(super) fn answered(&self, response: &Response) {
        if let Some(here) = here(response.extensions()) {
            self.with(|seen| seen.insert(here));
        }
    }

    /// Whether a request got no answer because the connection ended, and that had been kept open
    /// from an earlier one.
    pub(super) fn was_closed_before(&self, error: &reqwest::Error) -> bool {
        let no_end = error.is_timeout() || error.is_connect();
        let causes = causes(error);
        let not_http = causes.iter().any(|cause| {
            let cause = cause.downcast_ref::<hyper::Error>();
            cause.is_some_and(hyper::Error::is_parse)
        });
        if no_end || not_http {
            return false;
        }
        let over = causes.iter().find_map(|cause| {
            let connected = cause.downcast_ref::<legacy::Error>()?.connect_info()?;
            let mut extensions = Extensions::new();
            connected.get_extras(&mut extensions);
            here(&extensions)
        });
        over.is_some_and(|here| self.with(|seen| seen.remove(&here)))
    }

    fn with<T>(&self, change: impl FnOnce(&mut BTreeSet<SocketAddr>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn here(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<HttpInfo>().map(HttpInfo::local_addr)
}
