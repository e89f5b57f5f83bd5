//! A bound for the bodies of responses, which are read whole into memory.

use aws_sdk_secretsmanager::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

/// Several times what a batch of twenty secrets has, each of 64 KiB and escaped as JSON.
const LARGEST: usize = 16 * 1024 * 1024;

/// Rejects a body that is too large, or ends it there if its length is not known.
pub(super) fn limit(response: &mut HttpResponse) -> Result<(), BoxError> {
    let length = response.headers().get("content-length");
    match length.map(str::parse::<usize>) {
        Some(Ok(length)) if length <= LARGEST => Ok(()),
        Some(Ok(_)) => Err("the response is larger than any secret".into()),
        _ => {
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            *response.body_mut() = SdkBody::from_body_1_x(Limited::new(body, LARGEST));
            Ok(())
        }
    }
}
